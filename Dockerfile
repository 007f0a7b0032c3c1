# The image for whoever has a container engine:
#
#   docker build -t ssmd:0.1.0 .
#   docker buildx build --platform linux/amd64,linux/arm64 -t registry.example.com/ssmd:0.1.0 --push .
#
# The build stage runs the same script as `npm run image`, which needs no engine, so both hold the same files. It runs
# on the builder's own processor and writes files for the target's.
FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim AS build
ARG TARGETARCH
WORKDIR /src
COPY . .
RUN node cli/launch/bootstrap.mjs .ci/image/rootfs.ts --arch "$TARGETARCH" --out /rootfs

FROM scratch
# Two layers, so that a new ssmd on the same Node is a small download.
COPY --from=build /rootfs/node /
COPY --from=build /rootfs/app /
LABEL org.opencontainers.image.title="ssmd" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.description="Market data capture that you declare in git and can prove on disk" \
  org.opencontainers.image.licenses="MIT"
# A young generation of 4 MB and two malloc arenas: 10 to 20 MB less for each process, and no less throughput.
ENV PATH=/usr/bin \
  NODE_OPTIONS=--max-semi-space-size=4 \
  MALLOC_ARENA_MAX=2
WORKDIR /
USER 65532:65532
ENTRYPOINT ["/usr/bin/ssmd"]

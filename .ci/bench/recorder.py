# What a person would write in an afternoon: websockets and gzip in one process, an fsync every second, and no
# durability beyond that. `npm run bench -- quiet` sets it beside ours. Reads the login as JSON from stdin; prints
# `{"frames": n}` twice a second; ends on SIGTERM.

import asyncio, gzip, json, os, sys, time
import websockets

async def main(path):
    login = json.load(sys.stdin)
    raw = open(path, "wb")
    out = gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6)
    frames, synced, said = 0, time.monotonic(), time.monotonic()
    async with websockets.connect(
        login["url"], additional_headers=login["headers"], compression=None, max_size=None
    ) as socket:
        await socket.send(login["subscribe"])
        async for message in socket:
            line = '{"recv":%d,"frame":%s}\n' % (time.time_ns(), message)
            out.write(line.encode())
            frames += 1
            now = time.monotonic()
            if now - synced >= 1:
                out.flush()
                raw.flush()
                os.fsync(raw.fileno())
                synced = now
            if now - said >= 0.5:
                print(json.dumps({"frames": frames}), flush=True)
                said = now

asyncio.run(main(sys.argv[1]))

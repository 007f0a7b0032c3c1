// Arithmetic between sizes and times of one resource, or of an Archive and its Environment: what can never fit is a problem, what has
// another effect than it seems a note. Pure.

import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import { parseDuration, parseSize } from '#crds/quantities.ts'

const DAY_MS = 86_400_000

export const sizeProblems = ({ archives, environments }: Resources): Problem[] => [
  ...environments.flatMap(bufferFits),
  ...archives.flatMap(segmentsFit),
]

export function sizeNotes({ archives, environments }: Resources): Problem[] {
  const byName = new Map(environments.map((one) => [one.resource.metadata.name, one.resource]))
  return archives.flatMap((archive) => [
    ...segmentsEndInTime(archive),
    ...retentionOutlivesStream(archive, byName.get(archive.resource.spec.environmentRef.name)),
  ])
}

const invalid = (
  located: Located<Archive | Environment>,
  field: string,
  message: string,
  hint: string
): Problem => problemAt(located, field, 'SSMD_E_RESOURCE_INVALID', message, hint)

/** A segment of each feed is being written at any time. */
function segmentsFit(archive: Located<Archive>): Problem[] {
  const { storage, rotation, feeds } = archive.resource.spec
  const size = storage.claim?.size
  if (size === undefined || parseSize(rotation.maxBytes) * feeds.length < parseSize(size)) return []
  const many = feeds.length === 1 ? 'a segment' : `a segment of each of ${feeds.length} feeds`
  return [
    invalid(
      archive,
      'spec.storage.claim.size',
      `expected room for ${many} of ${rotation.maxBytes}, found ${size}`,
      'enlarge the claim, or lower spec.rotation.maxBytes'
    ),
  ]
}

/** A segment ends with its day whatever its age. */
function segmentsEndInTime(archive: Located<Archive>): Problem[] {
  const { maxAge } = archive.resource.spec.rotation
  if (parseDuration(maxAge) <= DAY_MS) return []
  const message = `${maxAge} means 1d: a segment ends with its day`
  return [invalid(archive, 'spec.rotation.maxAge', message, 'write 1d or less')]
}

/** An archiver that has lost its folder begins with what the stream holds: days that were removed would come again. */
function retentionOutlivesStream(
  archive: Located<Archive>,
  environment: Environment | undefined
): Problem[] {
  const days = archive.resource.spec.retention?.days
  if (days === undefined || environment === undefined) return []
  const { maxAge } = environment.spec.transport.stream
  if (days * DAY_MS >= parseDuration(maxAge)) return []
  return [
    invalid(
      archive,
      'spec.retention.days',
      `days leave the archive earlier than the stream, which keeps ${maxAge} in environment ${environment.metadata.name}`,
      'keep days longer, or shorten spec.transport.stream.maxAge of the environment'
    ),
  ]
}

function bufferFits(environment: Located<Environment>): Problem[] {
  const { connector, transport } = environment.resource.spec
  const { maxBytes } = transport.stream
  if (parseSize(connector.bufferBytes) <= parseSize(maxBytes)) return []
  return [
    invalid(
      environment,
      'spec.connector.bufferBytes',
      `expected at most what the stream holds, ${maxBytes}, found ${connector.bufferBytes}`,
      'lower it, or raise spec.transport.stream.maxBytes'
    ),
  ]
}

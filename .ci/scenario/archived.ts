// What the scenario's archive holds, read from the folder of its volume by the checker that shares no code with ssmd.

import { type CheckedArchive, checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { syntheticFrame } from '#testing/synthetic.ts'
import { SYNTHETIC } from './resources.ts'
import { compareSent, type SentVerdict } from './sent.ts'

/** An archive that is being written may be between two manifests: the same is asked again until it is whole. */
async function settledArchive(
  root: string,
  feed: string,
  holds: (archive: CheckedArchive) => readonly string[]
): Promise<CheckedArchive> {
  let archive: CheckedArchive | undefined
  let problems: readonly string[] = []
  try {
    await until(60_000, 'archive', async () => {
      await new Promise((resolve) => setTimeout(resolve, 500))
      try {
        archive = checkArchive(root, feed)
        problems = [...archive.problems, ...holds(archive)]
      } catch (thrown) {
        problems = [String(thrown)]
      }
      return problems.length === 0
    })
  } catch {
    throw new Error(`archive of ${feed}: ${problems.slice(0, 5).join('\n')}`)
  }
  return archive as CheckedArchive
}

/** The archive holds what the exchange sent in its lives so far, byte for byte. */
export async function verifySent(
  root: string,
  feed: string,
  journals: readonly string[],
  goesOn: boolean
): Promise<SentVerdict> {
  let verdict: SentVerdict | undefined
  await settledArchive(root, feed, (archive) => {
    verdict = compareSent(journals, archive, goesOn)
    return verdict.problems
  })
  return verdict as SentVerdict
}

/**
 * Every frame of the synthetic feed is the one that it must have been, without a hole in any connection. `asked`: the
 * channels that a connection may have asked for, where the feed did not have the same all the time.
 */
export async function verifySynthetic(
  root: string,
  feed: string,
  asked: readonly (readonly string[])[] = [SYNTHETIC.channels]
): Promise<number> {
  let frames = 0
  await settledArchive(root, feed, (archive) => {
    frames = 0
    const problems: string[] = []
    for (const [connection, records] of archive.connections) {
      const received = records.filter(({ frame }) => frame !== null)
      frames += received.length
      const { seed, symbols } = SYNTHETIC
      const wrong = asked.map((channels) =>
        received.findIndex(
          ({ frame }, i) => frame !== syntheticFrame(seed, symbols, channels, i + 1)
        )
      )
      // As far as the best of them goes.
      const first = wrong.includes(-1) ? -1 : Math.max(...wrong)
      if (first >= 0)
        problems.push(`${connection}: frame ${first + 1} is ${received[first]?.frame}`)
    }
    return problems
  })
  return frames
}

/** Gaps by cause. */
export function gapCauses(root: string, feed: string): Readonly<Record<string, number>> {
  const causes: Record<string, number> = {}
  for (const { cause } of checkArchive(root, feed).gaps) causes[cause] = (causes[cause] ?? 0) + 1
  return causes
}

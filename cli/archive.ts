// What the `data` commands share: the days of an archive, and clear words where there are none.
import { type DaySummary, listDays } from '#archive/reader.ts'
import { SsmdError, toSsmdError } from '#crds/errors.ts'

/** All days of an archive, or of one feed of it; an error that helps where the archive or the feed is not there. */
export async function findDays(path: string, feed: string | undefined): Promise<DaySummary[]> {
  let days: DaySummary[]
  try {
    days = await listDays(path)
  } catch (thrown) {
    const error = toSsmdError(thrown)
    if (error.code !== 'SSMD_E_NOT_FOUND') throw error
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no archive at ${path}`, {
      hint: 'npx ssmd up makes one in ./data; name the folder of another one with --path',
      cause: thrown,
    })
  }
  if (feed === undefined) return days
  const found = days.filter((day) => day.feed === feed)
  if (found.length > 0) return found
  const feeds = [...new Set(days.map((day) => day.feed))]
  throw new SsmdError(
    'SSMD_E_NOT_FOUND',
    `${path} holds nothing of a feed ${JSON.stringify(feed)}`,
    {
      hint:
        feeds.length > 0
          ? `there is: ${feeds.join(', ')}`
          : 'nothing has been archived there yet; npx ssmd up does it',
    }
  )
}

/** Nobody may take it for the market. */
export const sourceOf = ({ simulated }: { readonly simulated: boolean }): string =>
  simulated ? 'simulated' : 'exchange'

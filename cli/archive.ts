// What the `data` commands share: the days of an archive, and clear words where there are none.
import { type Days, surveyDays } from '#archive/read/reader.ts'
import { SsmdError, toSsmdError } from '#crds/errors.ts'

/** All days of an archive, or of one feed of it; a helpful error if the archive or the feed does not exist. */
export async function findDays(path: string, feed: string | undefined): Promise<Days> {
  let all: Days
  try {
    all = await surveyDays(path)
  } catch (thrown) {
    const error = toSsmdError(thrown)
    if (error.code !== 'SSMD_E_NOT_FOUND') throw error
    throw new SsmdError('SSMD_E_NOT_FOUND', `there is no archive at ${path}`, {
      hint: 'run npx ssmd up to create one in ./data, or name its folder with --path',
      cause: thrown,
    })
  }
  if (feed === undefined) return all
  const days = all.days.filter((day) => day.feed === feed)
  const damaged = all.damaged.filter((day) => day.feed === feed)
  if (days.length + damaged.length > 0) return { days, damaged, files: [] }
  const feeds = [...new Set([...all.days, ...all.damaged].map((day) => day.feed))]
  throw new SsmdError('SSMD_E_NOT_FOUND', `${path} holds no feed ${JSON.stringify(feed)}`, {
    hint:
      feeds.length > 0
        ? `there is: ${feeds.join(', ')}`
        : 'nothing is archived there yet; run npx ssmd up',
  })
}

/** The days there are, those that cannot be read too. */
export const namesOfDays = ({ days, damaged }: Days): string[] =>
  [...days, ...damaged].flatMap(({ day }) => day ?? [])

/** Marks simulated data, which must not be mistaken for market data. */
export const sourceOf = ({ simulated }: { readonly simulated: boolean }): string =>
  simulated ? 'simulated' : 'exchange'

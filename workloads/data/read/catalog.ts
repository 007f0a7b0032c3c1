// What the `data` commands share: the days of archives, and clear words if there are none.
import { type Days, surveyDays } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { type FeedPlace, placeOf, type Root, surveyRoots } from './roots.ts'

/** All days of the roots, or of one feed of them. Throws an error that names the existing feeds. */
export async function findDays(
  roots: readonly Root[],
  feed: string | undefined,
  survey = surveyDays
): Promise<Days> {
  if (feed !== undefined) return (await findFeed(roots, feed, survey)).days
  const all = await surveyRoots(roots, survey)
  const isOne = all.length === 1
  return {
    days: all.flatMap(({ days }) => days.days),
    damaged: all.flatMap(({ days }) => days.damaged),
    files: all.flatMap(({ root, days }) =>
      days.files.map((file) => (isOne ? file : `${root.path}/${file}`))
    ),
  }
}

/** The one root that has a feed, the feed's own name there, and its days. */
export async function findFeed(
  roots: readonly Root[],
  label: string,
  survey = surveyDays
): Promise<FeedPlace & { readonly days: Days }> {
  const all = await surveyRoots(roots, survey)
  for (const { root, days: held } of all) {
    const days = held.days.filter((day) => day.feed === label)
    const damaged = held.damaged.filter((day) => day.feed === label)
    if (days.length + damaged.length === 0) continue
    const { feed } = placeOf(root, label)
    return { root, feed, days: { days, damaged, files: [] } }
  }
  const feeds = [
    ...new Set(all.flatMap(({ days }) => [...days.days, ...days.damaged]).map(({ feed }) => feed)),
  ]
  const where = roots.map(({ path }) => path).join(' and ')
  const verb = roots.length === 1 ? 'holds' : 'hold'
  throw new SsmdError('SSMD_E_NOT_FOUND', `${where} ${verb} no feed ${JSON.stringify(label)}`, {
    hint:
      feeds.length > 0
        ? `there is: ${feeds.join(', ')}`
        : 'nothing is archived there yet; run npx ssmd up',
  })
}

/** The days there are, those that cannot be read too. */
export const namesOfDays = ({ days, damaged }: Days): string[] =>
  [...days, ...damaged].flatMap(({ day }) => day ?? [])

/** Marks simulated data, which must not be mistaken for market data, and what another program archived. */
export const sourceOf = (day: { readonly simulated: boolean; readonly imported?: true }): string =>
  day.simulated ? 'simulated' : day.imported ? 'imported' : 'exchange'

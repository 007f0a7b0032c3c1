// What the exchange's REST side said of recorded markets, read from `metadata/*.json` beside the recordings:
// bodies of `/events/{ticker}`. A file that cannot be read is told and left out.
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export type JsonObject = Readonly<Record<string, unknown>>

export type Metadata = {
  readonly events: ReadonlyMap<string, JsonObject>
  readonly markets: ReadonlyMap<string, JsonObject>
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export async function readMetadata(
  recordings: readonly string[],
  onProblem: (file: string, message: string) => void
): Promise<Metadata> {
  const events = new Map<string, JsonObject>()
  const markets = new Map<string, JsonObject>()
  const folders = new Set(
    recordings.flatMap((file) => [
      join(dirname(file), 'metadata'),
      join(dirname(file), '..', 'metadata'),
    ])
  )
  for (const folder of folders)
    for (const file of await filesIn(folder)) {
      try {
        const value = JSON.parse(await readFile(file, 'utf8')) as unknown
        const body = isObject(value) && isObject(value.response) ? value.response : value
        if (!isObject(body) || !isObject(body.event)) throw new Error('no event in it')
        events.set(String(body.event.event_ticker), body.event)
        for (const market of Array.isArray(body.markets) ? body.markets : [])
          if (isObject(market)) markets.set(String(market.ticker), market)
      } catch (thrown) {
        onProblem(file, thrown instanceof Error ? thrown.message : String(thrown))
      }
    }
  return { events, markets }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name))
  } catch (thrown) {
    // Most recordings have none beside them.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw thrown
  }
}

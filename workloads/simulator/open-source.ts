// Makes what is to be played of one exchange: generated markets, or a replay of recordings that were read once through. A
// recording that cannot be read whole is told in one line, with its place; the others continue.
import { SsmdError } from '#crds/errors.ts'
import { recordingsOf } from '#crds/recordings.ts'
import type { GeneratedExchange, Venue, VenueOptions } from '#exchanges/simulation/venue.ts'
import type { Settings } from './options.ts'
import { accountFor, findRecordings, type RecordingAccount } from './recordings.ts'
import { Replay, recordedOf } from './replay.ts'

export type SourceLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export async function openSource(
  venue: Venue,
  settings: Settings,
  options: VenueOptions & { readonly log: SourceLog; readonly signal: AbortSignal }
): Promise<GeneratedExchange | Replay> {
  const { log, signal } = options
  const paths = recordingsOf(settings.replay, venue.name)
  if (paths.length === 0)
    return venue.generate({
      ...options,
      // All 53 bits of a seed count.
      seed: ((settings.seed % 2 ** 32) ^ Math.floor(settings.seed / 2 ** 32)) >>> 0,
      markets: settings.markets,
    })
  const files = await findRecordings(paths)
  log.info({ recordings: files.length }, 'reading recordings')
  const accounts: RecordingAccount[] = []
  for (const file of files) {
    const account = await accountFor(file, venue, signal)
    accounts.push(account)
    tell(account, log)
  }
  const exchange = await venue.replay({ ...options, recorded: recordedOf(accounts) })
  const replay = new Replay(accounts, venue, exchange)
  if (replay.total === 0 && !signal.aborted)
    throw new SsmdError(
      'SSMD_E_RECORDING',
      `no frame to play in ${paths.join(', ')} that ${venue.name} sends`,
      {
        hint: 'lines are those of an ssmd archive, {"recv_ms":…,"event":{…}}, <unix ns> <frame>, or frames alone',
      }
    )
  return replay
}

function tell({ file, problem, odd, frames }: RecordingAccount, log: SourceLog): void {
  if (problem)
    log.error(
      {
        code: 'SSMD_E_RECORDING',
        file,
        line: problem.line,
        frames,
        hint: 'the part before it is played, and all other recordings; fetch the file again',
      },
      `${file}:${problem.line}: recording cannot be read on: ${problem.message}`
    )
  if (odd > 0) log.warn({ file, lines: odd }, 'lines that hold no frame are left out')
}

// Makes what is to be played: a generated exchange, or a replay of recordings that were read once through. A
// recording that cannot be read whole is told in one line, with its place; the others go on.
import { SsmdError } from '#crds/errors.ts'
import { GeneratedExchange } from './exchange.ts'
import { readMetadata } from './metadata.ts'
import type { Settings } from './options.ts'
import { accountFor, findRecordings, type RecordingAccount } from './recordings.ts'
import { Replay } from './replay.ts'

export type SourceLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export async function openSource(
  settings: Settings,
  options: { startMs: number; log: SourceLog; signal: AbortSignal; windowMs?: number }
): Promise<GeneratedExchange | Replay> {
  const { log, signal } = options
  if (settings.replay.length === 0)
    return new GeneratedExchange({
      // All 53 bits of a seed count.
      seed: (settings.seed % 2 ** 32) ^ Math.floor(settings.seed / 2 ** 32),
      markets: settings.markets,
      startMs: options.startMs,
      ...(options.windowMs === undefined ? {} : { windowMs: options.windowMs }),
    })
  const files = await findRecordings(settings.replay)
  log.info({ recordings: files.length }, 'reading recordings')
  const accounts: RecordingAccount[] = []
  for (const file of files) {
    const account = await accountFor(file, signal)
    accounts.push(account)
    tell(account, log)
  }
  const metadata = await readMetadata(files, (file, message) =>
    log.warn({ file, error: message }, 'metadata left out')
  )
  const replay = new Replay(accounts, metadata)
  if (replay.total === 0 && !signal.aborted)
    throw new SsmdError('SSMD_E_RECORDING', `no frame to play in ${settings.replay.join(', ')}`, {
      hint: 'lines are {"recv_ms":…,"event":{…}} or those of an ssmd archive',
    })
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

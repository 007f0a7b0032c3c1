// What a person sees of `ssmd up`: chooses between the live table, plain lines and JSON lines, and draws at the pace of a
// reader.
import type { UpEvent } from '../../operator/local/events.ts'
import type { Snapshot } from '../../operator/local/snapshot.ts'
import type { Output } from '../output.ts'
import { jsonEvent, jsonState } from './json.ts'
import { painterFor } from './paint.ts'
import { eventLine, stateLines, summaryLines } from './plain.ts'
import { Screen } from './screen.ts'
import { nextCommands, renderView } from './view.ts'

export type Face = {
  tell(event: UpEvent): void
  /** Something changed. */
  touch(): void
  /** The end, with a summary. */
  finish(): void
  /** The end without a summary: an error follows. */
  close(): void
}

const TICK_MS = 500
// Changes come in bursts; ten pictures a second are plenty.
const BURST_MS = 100
const PLAIN_MS = 10_000
// As often as workloads report.
const JSON_MS = 2000
// Once there is something to say; then one need not wonder for ten seconds.
const FIRST_MS = 4000

export function createFace(look: () => Snapshot, output: Output): Face {
  if (output === 'json') return jsonFace(look)
  return process.stdout.isTTY && process.env.TERM !== 'dumb' ? liveFace(look) : plainFace(look)
}

function liveFace(look: () => Snapshot): Face {
  const { stdout } = process
  const paint = painterFor(stdout)
  const screen = new Screen({
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    write: (text) => stdout.write(text),
  })
  let soon: NodeJS.Timeout | undefined
  const draw = () => {
    clearTimeout(soon)
    soon = undefined
    screen.draw(
      renderView(look(), { width: stdout.columns || 80, height: stdout.rows || 24 }, paint)
    )
  }
  const touch = () => {
    soon ??= setTimeout(draw, BURST_MS)
  }
  const tick = setInterval(draw, TICK_MS)
  stdout.on('resize', draw)
  const onExit = () => screen.end()
  process.on('exit', onExit)
  const close = () => {
    clearInterval(tick)
    clearTimeout(soon)
    stdout.off('resize', draw)
    process.off('exit', onExit)
  }
  return {
    tell: touch,
    touch,
    finish() {
      close()
      screen.erase()
      writeLines(lastLines(look()))
    },
    close() {
      close()
      screen.end()
    },
  }
}

function plainFace(look: () => Snapshot): Face {
  const begin = look()
  writeLines([`ssmd up: resources in ${begin.path}, data in ${begin.data}, logs in ${begin.logs}`])
  let reported = new Set<string>()
  const problems = () => {
    const now = new Set(look().problems)
    const at = Date.now()
    for (const text of now)
      if (!reported.has(text)) writeLines([eventLine({ at, level: 'warn', subject: 'ssmd', text })])
    reported = now
  }
  const states = () => {
    const snapshot = look()
    if (snapshot.phase === 'running' && snapshot.feeds.length > 0) writeLines(stateLines(snapshot))
  }
  const timer = setInterval(states, PLAIN_MS)
  const first = setTimeout(states, FIRST_MS)
  const close = () => {
    clearInterval(timer)
    clearTimeout(first)
  }
  return {
    tell: (event) => writeLines([eventLine(event)]),
    touch: problems,
    finish() {
      close()
      writeLines(lastLines(look()))
    },
    close,
  }
}

function jsonFace(look: () => Snapshot): Face {
  const timer = setInterval(() => writeLines([jsonState(look())]), JSON_MS)
  return {
    tell: (event) => writeLines([jsonEvent(event)]),
    touch() {},
    finish() {
      clearInterval(timer)
      writeLines([jsonState(look())])
    },
    close: () => clearInterval(timer),
  }
}

const lastLines = (snapshot: Snapshot): readonly string[] => [
  ...summaryLines(snapshot),
  `Next: ${nextCommands(snapshot).join('   ')}`,
]

function writeLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

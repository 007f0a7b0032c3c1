// `ssmd doctor`: what of machine, resources, NATS, archive and cluster is not as it has to be, and what to do about each.

import { styleText } from 'node:util'
import { checksOf } from '../doctor/checks.ts'
import { type Checked, runChecks } from '../doctor/verdict.ts'
import { type DoctorFlags, World } from '../doctor/world.ts'
import { type Output, terminalWidth, writeJson, writeLines } from '../output.ts'
import { cut, pad } from '../table.ts'
import { clean, wrap } from '../text.ts'

export type RunDoctorFlags = DoctorFlags & { readonly output: Output }

const QUIET_MS = 2000
const NAME_WIDTH = 12
const RESULT_WIDTH = 8
const INDENT = NAME_WIDTH + RESULT_WIDTH + 1
const COLOURS = { good: 'green', warning: 'yellow', bad: 'red', skipped: 'dim' } as const

export async function runDoctor(flags: RunDoctorFlags): Promise<void> {
  const world = await World.look(flags)
  const progress = showProgress()
  try {
    const checked = await runChecks(checksOf(world), progress.tell)
    progress.end()
    const isBad = checked.some(({ result }) => result === 'bad')
    if (isBad) process.exitCode = 1
    if (flags.output === 'json') await writeJson({ healthy: !isBad, checks: checked })
    else await writeLines(linesOf(checked, terminalWidth()))
  } finally {
    progress.end()
    await world.close()
  }
}

function linesOf(checked: readonly Checked[], width = Number.POSITIVE_INFINITY): string[] {
  const areas = Map.groupBy(checked, ({ area }) => area)
  const count = (result: Checked['result']) => checked.filter((one) => one.result === result).length
  const counts = (['good', 'warning', 'bad', 'skipped'] as const).map(
    (result) => `${count(result)} ${result}`
  )
  return [
    ...[...areas].flatMap(([area, ones]) => [area, ...areaLines(ones, width), '']),
    counts.join(', '),
  ]
}

/** Checks that are all skipped for one reason are one line. */
function areaLines(ones: readonly Checked[], width: number): string[] {
  const reasons = new Set(ones.map(({ result, found }) => (result === 'skipped' ? found : '')))
  const [first] = ones
  return first !== undefined && ones.length > 1 && reasons.size === 1 && !reasons.has('')
    ? checkLines({ ...first, name: `all ${ones.length}` }, width)
    : ones.flatMap((one) => checkLines(one, width))
}

function checkLines(one: Checked, width: number): string[] {
  const result = styleText(COLOURS[one.result], pad(one.result, RESULT_WIDTH), {
    stream: process.stdout,
  })
  const room = Math.max(20, width - INDENT - 2)
  const [first = '', ...more] = Number.isFinite(room)
    ? wrap(clean(one.found), room)
    : [clean(one.found)]
  const fix = 'fix' in one ? [clean(one.fix)].flatMap((text) => paragraph(`→ ${text}`, room)) : []
  return [
    `  ${pad(one.name, NAME_WIDTH)}${result} ${first}`,
    ...[...more, ...fix].map((line) => `  ${' '.repeat(INDENT)}${line}`),
  ]
}

const paragraph = (text: string, room: number): string[] =>
  Number.isFinite(room) ? wrap(text, room) : [text]

function showProgress(): { tell(open: readonly string[]): void; end(): void } {
  const { stderr } = process
  let open: readonly string[] = []
  let isShown = false
  const show = () => {
    if (open.length === 0) return
    const text = `still looking at: ${open.join(', ')}`
    if (stderr.isTTY) stderr.write(`\r${cut(text, (stderr.columns || 80) - 1)}\u001b[K`)
    else if (!isShown) stderr.write(`${text}\n`)
    isShown = true
  }
  const timer = setTimeout(show, QUIET_MS)
  return {
    tell(now) {
      open = now
      if (isShown) show()
    },
    end() {
      clearTimeout(timer)
      if (isShown && stderr.isTTY) stderr.write('\r\u001b[K')
      isShown = false
    },
  }
}

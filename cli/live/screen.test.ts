import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Screen } from './screen.ts'

/** A terminal that understands what Screen writes, and wraps lines at its width. */
function terminal(columns: number) {
  const rows: string[] = ['']
  let row = 0
  let column = 0
  const self = {
    columns,
    rows: 24,
    hidden: false,
    text: () =>
      rows
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd(),
    write(text: string) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it reads them
      for (const part of text.match(/\u001b\[[?\d;]*[A-Za-z]|[^\u001b]/gu) ?? []) {
        const command = part.startsWith('\u001b') ? part.slice(2) : ''
        if (command === '?25l') self.hidden = true
        else if (command === '?25h') self.hidden = false
        else if (command === 'K') rows[row] = (rows[row] ?? '').slice(0, column)
        else if (command === 'J') {
          rows[row] = (rows[row] ?? '').slice(0, column)
          rows.length = row + 1
        } else if (command.endsWith('A')) row = Math.max(0, row - Number(command.slice(0, -1)))
        else if (command.endsWith('m')) continue
        else if (part === '\r') column = 0
        else if (part === '\n') {
          row++
          column = 0
          rows[row] ??= ''
        } else if (command === '') {
          if (column >= self.columns) {
            row++
            column = 0
          }
          const line = (rows[row] ?? '').padEnd(column)
          rows[row] = line.slice(0, column) + part + line.slice(column + 1)
          column++
        } else throw new Error(`unknown command ${JSON.stringify(part)}`)
      }
    },
  }
  return self
}

const test = suite('screen')

test('draws in place: what it drew before is gone, what was printed above stays', () => {
  const screen = terminal(20)
  screen.write('before\n')
  const live = new Screen(screen)
  live.draw(['one', 'two', 'three'])
  assert.is(screen.text(), 'before\none\ntwo\nthree')
  live.draw(['ONE', 'TWO'])
  assert.is(screen.text(), 'before\nONE\nTWO')
  assert.ok(screen.hidden)
  live.end()
  assert.not.ok(screen.hidden)
  screen.write('after\n')
  assert.is(screen.text(), 'before\nONE\nTWO\nafter')
})

test('erases what it drew', () => {
  const screen = terminal(20)
  screen.write('before\n')
  const live = new Screen(screen)
  live.draw(['one', 'two'])
  live.erase()
  assert.is(screen.text(), 'before')
})

test('a terminal that became narrower, and has broken our lines, is redrawn without remains', () => {
  const wide = terminal(20)
  const live = new Screen(wide)
  live.draw(['0123456789abcde', '\u001b[31mred\u001b[39m'])
  // What such a terminal makes of it: the first line stands on two.
  const narrow = terminal(10)
  narrow.write('0123456789abcde\nred\n')
  wide.columns = 10
  wide.write = narrow.write
  live.draw(['short', 'red'])
  assert.is(narrow.text(), 'short\nred')
})

test('writes nothing when nothing changed', () => {
  let writes = 0
  const live = new Screen({ columns: 20, rows: 5, write: () => writes++ })
  live.draw(['one'])
  live.draw(['one'])
  assert.is(writes, 1)
})

test.run()

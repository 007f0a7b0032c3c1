import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { buildProgram, GROUPS } from './program.ts'

const test = suite('program')

test('each group adds the commands that it names, so that one of them can be built alone', () => {
  for (const { names } of GROUPS) {
    for (const name of names) {
      const built = buildProgram([], [name]).commands.map((one) => one.name())
      const isAlone = !['complete', 'completion'].includes(name)
      if (isAlone) assert.equal(built, [...names])
      else assert.ok(built.length > GROUPS.length)
    }
  }
  const all = buildProgram([]).commands.map((one) => one.name())
  assert.equal(
    all,
    GROUPS.flatMap(({ names }) => names)
  )
})

test.run()

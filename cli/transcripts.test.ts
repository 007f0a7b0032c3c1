// test: limit 300s
// Every session in testdata/transcripts, as real processes. After a wanted change of an output, SSMD_TRANSCRIPTS=write makes the files
// say what is printed now: read the difference before it is committed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { play, readTranscript, writeTranscript } from './testing/transcript.ts'

const FOLDER = new URL('testdata/transcripts/', import.meta.url).pathname
const test = suite('transcripts')

for (const file of readdirSync(FOLDER).sort()) {
  test(`the session ${file} says what is written down`, async () => {
    const path = join(FOLDER, file)
    const { head, turns } = readTranscript(readFileSync(path, 'utf8'))
    const played = await play(turns)
    if (process.env.SSMD_TRANSCRIPTS === 'write') {
      writeFileSync(path, writeTranscript(head, played))
      return
    }
    for (const [i, turn] of played.entries()) {
      assert.is(turn.said, turns[i]!.said, `$ ${turn.command}`)
    }
  })
}

test('every command of the reference is in some session, as it is called', () => {
  const reference = readFileSync(new URL('../docs/reference/cli.md', import.meta.url), 'utf8')
  const sessions = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'))
  const called = sessions.flatMap((text) => readTranscript(text).turns.map((turn) => turn.command))
  const commands = [...reference.matchAll(/^## (ssmd .*)$/gm)].map(([, name = '']) => name)
  assert.ok(commands.length > 50, `${commands.length} commands`)
  const missing = commands.filter(
    (name) =>
      !called.some((command) => `${command} `.replaceAll(/[;|>]/g, ' ').includes(`${name} `))
  )
  assert.equal(missing, [], 'add them to a session in cli/testdata/transcripts')
})

test.run()

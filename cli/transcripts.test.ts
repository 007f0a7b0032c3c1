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

test.run()

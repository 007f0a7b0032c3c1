// `node warm.mjs <folder of a bundle> <root>`: runs commands from the bundle, and keeps what V8 compiled for them.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadBundle } from '../launch/bundled.mjs'

const [folder, root] = process.argv.slice(2)
const scripts = new Map()
process.on('exit', (code) => {
  for (const [name, script] of scripts)
    writeFileSync(join(folder, `${name}.cache`), script.createCachedData())
  process.exitCode = isTried ? code : 1
})
// What validate finds is none of the bundle's doing; help ends with 0, and ends the process.
let isTried = false
const run = loadBundle(folder, (name, script) => scripts.set(name, script))
await run(['validate', join(root, 'exchanges')])
isTried = true
await run(['--help'])

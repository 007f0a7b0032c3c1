// `node cli/launch/bootstrap.mjs <script.ts> [args]`: what every npm script starts with. Installs what is missing, then
// runs the script on the project's Node 24 and ends as it ended. The first command of a fresh clone may be any of them.

import { join } from 'node:path'
import { ensureInstalled } from './install.mjs'
import { findNode, NO_NODE, ROOT } from './node.mjs'
import { runNode } from './run-node.mjs'

const [script, ...args] = process.argv.slice(2)
if (script === undefined) fail('usage: node cli/launch/bootstrap.mjs <script> [arguments]')
try {
  // The command itself needs less than everything that serves its development.
  await ensureInstalled(script.startsWith('cli/') ? 'run' : 'all')
} catch (error) {
  fail(`the packages cannot be installed: ${error.message}`)
}
const node = findNode()
if (node === undefined) fail(NO_NODE)
runNode(node, [join(ROOT, script), ...args])

function fail(message) {
  console.error(`ssmd: ${message}`)
  process.exit(1)
}

#!/usr/bin/env node
// The `ssmd` command: runs cli/main.ts on Node 24, whichever Node the shell has. Signals and exit code are passed on.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findNode, NO_NODE, ROOT, runNode } from './launch/node.mjs'

const args = process.argv.slice(2)
if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) {
  const { ensureInstalled } = await import('./launch/install.mjs')
  try {
    await ensureInstalled('run')
  } catch (error) {
    fail(`the packages cannot be installed: ${error.message}`)
  }
}
const node = findNode()
if (node === undefined) fail(NO_NODE)
// A person types into `agent`, and Ctrl-C there ends a line, not the program.
runNode(node, [join(ROOT, 'cli', 'main.ts'), ...args], { interactive: args[0] === 'agent' })

function fail(message) {
  console.error(`ssmd: ${message}`)
  process.exit(1)
}

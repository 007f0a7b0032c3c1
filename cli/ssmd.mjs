#!/usr/bin/env node
// The `ssmd` command: runs cli/main.ts on Node 24, whichever Node the shell has. A Node that is new enough runs it itself, and commands of
// the bundle from there.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findNode, isNewEnough, NO_NODE, ROOT, useCompileCache, watchNpx } from './launch/node.mjs'

const args = process.argv.slice(2)
if (!existsSync(join(ROOT, 'node_modules', '.package-lock.json'))) {
  const { ensureInstalled } = await import('./launch/install.mjs')
  try {
    await ensureInstalled('run')
  } catch (error) {
    fail(`the packages cannot be installed: ${error.message}`)
  }
}
if (isNewEnough) await runHere()
else {
  const node = findNode()
  if (node === undefined) fail(NO_NODE)
  const { runNode } = await import('./launch/run-node.mjs')
  // A person types into `agent`, and Ctrl-C there ends a line, not the program.
  runNode(node, [fileURLToPath(import.meta.url), ...args], { interactive: args[0] === 'agent' })
}

async function runHere() {
  watchNpx()
  useCompileCache(process.env)
  const { findBundle, loadBundle, makeBundle } = await import('./launch/bundled.mjs')
  let found = findBundle(ROOT, args)
  if (found === 'stale' && (await makeBundle(ROOT))) found = findBundle(ROOT, args)
  if (found === 'none' || found === 'stale') await import('./main.ts')
  else await loadBundle(found)(args)
}

function fail(message) {
  console.error(`ssmd: ${message}`)
  process.exit(1)
}

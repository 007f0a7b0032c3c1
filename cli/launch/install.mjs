// Brings node_modules to what package-lock.json says, as a whole or not at all: `npm ci` runs in a folder of its
// own, which then takes the place of node_modules by rename. Programs that run meanwhile keep what they have.
// Does nothing, and says nothing, when all is as it should be. Two levels: `run` is what ssmd needs to run, `all` adds what
// tests, checks and benchmarks need; a folder with all packages serves both.

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { ownNodePackage, ROOT, readText } from './node.mjs'

const MARKER = join('node_modules', '.ssmd-installed')

/** What npm is told at each level. The Node package of this platform is optional, and both levels need it. */
const FLAGS = {
  run: ['--omit=dev', '--include=optional'],
  all: ['--include=dev', '--include=optional'],
}

/** What node_modules is to hold, in one word: the level, and the lock file on this platform. */
function wanted(root, level) {
  const lock = readText(join(root, 'package-lock.json'))
  const platform = `${process.platform} ${process.arch}`
  return `${level} ${createHash('sha256').update(`${platform}\n${lock}`).digest('hex')}`
}

export function isMarked(root, level) {
  const found = readText(join(root, MARKER))
  return found === wanted(root, 'all') || (level === 'run' && found === wanted(root, 'run'))
}

export async function ensureInstalled(level, { root = ROOT, log = sayOnStderr, npm = npmCi } = {}) {
  if (!fits(root, level)) {
    const work = join(root, '.ssmd')
    const onWait = (pid) => log(`waiting: process ${pid ?? '?'} is installing the packages`)
    const missing = () => install(root, level, work, log, npm)
    await withLock(join(work, 'install.lock'), missing, { onWait })
  }
  linkCommand(root)
}

async function install(root, level, work, log, npm) {
  if (fits(root, level)) return
  const why = reason(root, level)
  removeLeftovers(work)
  const fresh = join(work, `install-${process.pid}`)
  mkdirSync(fresh)
  const forget = () => rmSync(fresh, { recursive: true, force: true })
  // Ctrl-C leaves nothing behind; npm itself gets the signal of the terminal too.
  const interrupted = () => process.exit(130)
  process.on('exit', forget)
  process.on('SIGINT', interrupted)
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
      if (existsSync(join(root, file))) copyFileSync(join(root, file), join(fresh, file))
    }
    await withProgress(`installing packages: ${why} (npm ci)`, log, npm(fresh, FLAGS[level]))
    writeFileSync(join(fresh, MARKER), wanted(fresh, level))
    linkCommand(fresh)
    try {
      takePlace(join(fresh, 'node_modules'), join(root, 'node_modules'), work)
    } catch (error) {
      // A volume mounted there cannot be renamed; its content can only be replaced in place.
      if (error.code !== 'EXDEV' && error.code !== 'EBUSY') throw error
      const what = 'node_modules is a mount: installing in place (npm ci)'
      await withProgress(what, log, npm(root, FLAGS[level]))
      writeFileSync(join(root, MARKER), wanted(root, level))
    }
  } finally {
    process.off('SIGINT', interrupted)
    process.off('exit', forget)
    forget()
  }
}

function reason(root, level) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing'
  return level === 'all' && fits(root, 'run')
    ? 'those for tests and checks are missing'
    : 'package-lock.json has changed'
}

/** Whether node_modules has what the level needs: by our marker, or because a person ran npm themselves. */
export function fits(root, level) {
  if (isMarked(root, level)) return true
  const lock = parse(readText(join(root, 'package-lock.json')))
  const there = parse(readText(join(root, 'node_modules', '.package-lock.json')))
  if (!lock || !there) return false
  let full = true
  for (const [path, entry] of Object.entries(lock)) {
    if (path === '') continue
    const found = there[path]
    // npm leaves out optional packages of other platforms, but the one of this platform must exist.
    if (!found && entry.optional && path !== ownNodePackage()) continue
    if (found?.version === entry.version && found?.integrity === entry.integrity) continue
    if (level === 'all' || !entry.dev) return false
    full = false
  }
  const marker = join(root, MARKER)
  writeFileSync(`${marker}.${process.pid}`, wanted(root, full ? 'all' : 'run'))
  renameSync(`${marker}.${process.pid}`, marker)
  return true
}

const parse = (text) => (text === undefined ? undefined : JSON.parse(text).packages)

/** `npx ssmd` finds the command of this very package without installing it. */
function linkCommand(root) {
  const link = join(root, 'node_modules', '.bin', 'ssmd')
  const target = '../../cli/ssmd.mjs'
  try {
    if (readlinkSync(link) === target) return
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EINVAL') throw error
  }
  const temporary = `${link}.${process.pid}`
  rmSync(temporary, { force: true })
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true })
  symlinkSync(target, temporary)
  renameSync(temporary, link)
}

/** Two renames; the previous folder is moved away first and deleted last. */
function takePlace(fresh, place, work) {
  const old = join(work, `old-${process.pid}-${Date.now()}`)
  if (existsSync(place)) renameSync(place, old)
  renameSync(fresh, place)
  rmSync(old, { recursive: true, force: true })
}

/** Folders of processes that were killed while they installed; an hour is longer than any installation. */
function removeLeftovers(work) {
  for (const name of readdirSync(work)) {
    if (!/^(install|old)-/.test(name)) continue
    const path = join(work, name)
    if (Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path, { recursive: true })
  }
}

/** `npm ci` in a folder with the two package files. No script of a package runs: what they hold is complete as it is. */
export function npmCi(folder, flags) {
  // What npm told the script that called us is about the other folder.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|config_local)/.test(name)
    )
  )
  const args = ['ci', '--ignore-scripts', ...flags]
  const cli = process.env.npm_execpath
  const [file, before] = /npm-cli\.js$/.test(cli ?? '') ? [process.execPath, [cli]] : ['npm', []]
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...before, ...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    child.on('error', (error) => reject(new Error(`npm cannot be started: ${error.message}`)))
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`npm ci ended with ${code}:\n${output.trim()}`))
    })
  })
}

async function withProgress(what, log, work) {
  const start = Date.now()
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`
  log(`${what} …`)
  const timer = setInterval(() => log(`${what} … ${seconds()}`), 5_000)
  try {
    await work
    log(`packages are installed, ${seconds()}`)
  } finally {
    clearInterval(timer)
  }
}

const sayOnStderr = (line) => process.stderr.write(`ssmd: ${line}\n`)

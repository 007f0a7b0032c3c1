// test: limit 300s
// The three images as built here: read by tar and by the image specification, held against what they promise, and run
// out of their own files as a container would run them. The image of ssmd is built twice, of packages that are fetched once;
// with SSMD_FAULTS=all of packages that are fetched twice.

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { until, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { readImports } from '../imports.ts'
import { readManifest } from './app-layer.ts'
import { readElf } from './elf.ts'
import { type BuiltImage, buildImage } from './image.ts'
import { hostArch } from './layout.ts'
import { fetchParts, type What } from './rootfs.ts'
import { childrenOf, type Jailed, jailProblem, runJailed, startJailed } from './testing/jail.ts'
import { blobProblem, type Unpacked, unpackArchive, unpackRoot } from './testing/unpack.ts'

const ROOT = join(import.meta.dirname, '../..')
const WHAT: readonly What[] = ['ssmd', 'nats-server', 'pause']

type Image = BuiltImage & Unpacked & { readonly root: string }

const folder = await mkdtemp(join(tmpdir(), 'ssmd-image-test-'))
const images = new Map<What, Image>()
let failure: unknown
let again: BuiltImage | undefined
const jailed: Jailed[] = []

const test = suite('image')
test.before(async () => {
  try {
    const log = () => {}
    const fetched = await fetchParts(hostArch(), join(folder, 'fetched'), log)
    for (const what of WHAT) {
      const built = await buildImage({ what, out: join(folder, `${what}.tar`), fetched, log })
      const unpacked = await unpackArchive(built.file, join(folder, `${what}.layout`))
      const root = join(folder, `${what}.root`)
      await unpackRoot(unpacked, root)
      images.set(what, { ...built, ...unpacked, root })
    }
    const anew = process.env.SSMD_FAULTS === 'all' ? {} : { fetched }
    again = await buildImage({ what: 'ssmd', out: join(folder, 'again.tar'), ...anew, log })
  } catch (error) {
    // uvu does not say what a hook threw.
    failure = error
  }
})
test.after.each(async () => {
  for (const { end, exited } of jailed.splice(0)) {
    end()
    await exited
  }
})
test.after(() => rm(folder, { recursive: true, force: true }))

const built = (
  name: string,
  what: readonly What[],
  body: (image: Image) => Promise<void> | void
) => {
  for (const one of what) {
    test(`${one} - ${name}`, async () => {
      const image = images.get(one)
      if (image !== undefined) return body(image)
      const isMissing = failure instanceof SsmdError && failure.code === 'SSMD_E_TOOL_MISSING'
      if (!isMissing) throw failure
      skip(failure as SsmdError)
    })
  }
}

const noJail = await jailProblem()
const inJail = (name: string, what: What, body: (image: Image) => Promise<void>) =>
  built(name, [what], (image) => (noJail === undefined ? body(image) : skip(noJail)))

/** As the image's own configuration says. */
const envOf = (image: Image): NodeJS.ProcessEnv =>
  Object.fromEntries(
    (image.config.config.Env as string[]).map((line) => line.split(/=(.*)/s).slice(0, 2))
  ) as NodeJS.ProcessEnv

async function start(image: Image, ...args: string[]): Promise<Jailed> {
  const started = await startJailed(image.root, args, envOf(image))
  jailed.push(started)
  return started
}

built('the same sources give the same bytes', ['ssmd'], async (image) => {
  assert.is(again?.digest, image.digest)
  const bytes = await Promise.all([image.file, again?.file ?? ''].map((file) => readFile(file)))
  assert.ok(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0)))
})

built('every blob has the digest and the size that are said of it', WHAT, async (image) => {
  const [entry] = image.index.manifests
  assert.is(image.index.manifests.length, 1)
  assert.is(entry?.digest, image.digest)
  for (const blob of [...image.index.manifests, image.manifest.config, ...image.manifest.layers]) {
    assert.is(await blobProblem(image.layout, blob), undefined)
  }
  // Layers are not compressed: the digest of each is that of its content.
  const digests = image.manifest.layers.map(({ digest }) => digest)
  assert.equal(image.config.rootfs.diff_ids, digests)
  const layout = await readFile(join(image.layout, 'oci-layout'), 'utf8')
  assert.equal(JSON.parse(layout), { imageLayoutVersion: '1.0.0' })
})

built('says its name, its processor, and a user by number', WHAT, (image) => {
  assert.is(image.index.manifests[0]?.annotations?.['io.containerd.image.name'], image.name)
  assert.equal([image.config.os, image.config.architecture], ['linux', hostArch()])
  assert.is(image.config.config.User, '65532:65532')
})

built('holds nothing that others may write, and nothing that lends rights', WHAT, ({ entries }) => {
  assert.equal(
    entries.filter(({ owner }) => owner !== '0/0'),
    []
  )
  // Links have no rights of their own.
  const open = entries.filter(
    ({ mode }) => !mode.startsWith('l') && /^.....w|^........w/.test(mode)
  )
  assert.equal(open, [])
  assert.equal(
    entries.filter(({ mode }) => /[sStT]/.test(mode)),
    []
  )
})

built(
  'holds no program but Node, its loader, and the command: no shell, no npm',
  ['ssmd'],
  (image) => {
    const programs = image.entries.filter(({ mode }) => /^-.*x/.test(mode)).map(({ path }) => path)
    const loader = { amd64: 'lib64/ld-linux-x86-64.so.2', arm64: 'lib/ld-linux-aarch64.so.1' }
    assert.equal(programs.sort(), [loader[hostArch()], 'usr/bin/node', 'usr/bin/ssmd'].sort())
  }
)

built('holds one program and nothing else', ['nats-server', 'pause'], ({ entries }) => {
  assert.is(entries.filter(({ mode }) => mode.startsWith('-')).length, 1)
})

built('is below 200 MB', WHAT, ({ bytes }) => assert.ok(bytes < 200e6, `${bytes}`))

built('holds neither sources, nor tests, nor packages for development', ['ssmd'], async (image) => {
  const paths = image.entries.map(({ path }) => path)
  assert.equal(
    paths.filter((path) => /\.[cm]?tsx?$/.test(path)),
    // `ssmd signal new` writes it beside a program.
    ['app/workloads/signals/ssmd-signal.d.ts']
  )
  const own = paths.filter((path) => path.startsWith('app/') && !path.includes('/node_modules/'))
  assert.equal(
    own.filter((path) => /\.test\.|\/(testing|bench)(\/|$|\.)/.test(path)),
    []
  )
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  const forDevelopment = Object.entries(lock.packages).filter(([, { dev }]) => dev === true)
  assert.ok(forDevelopment.length > 5)
  for (const [path] of forDevelopment) assert.not.ok(paths.includes(`app/${path}`), path)
})

/** What only `ssmd up` loads, after it has looked for it. */
/** What installs or builds on a laptop, but for the three files that workloads/packages imports. */
const LEFT_OUT = /^app\/(operator\/local\/nats-server|cli\/launch\/(?!(install|lock|node)\.mjs$))/

built('has every file that its own files import', ['ssmd'], async (image) => {
  const app = join(image.root, 'app')
  const { imports } = JSON.parse(await readFile(join(app, 'package.json'), 'utf8')) as {
    imports: Record<string, string>
  }
  const files = image.entries
    .map(({ path }) => path)
    // What a browser loads comes from the paths of the server.
    .filter((path) => /^app\/(?!node_modules\/|workloads\/data\/page\/).*\.m?js$/.test(path))
  assert.ok(files.length > 200)
  for (const file of files) {
    for (const { specifier } of readImports(await readFile(join(image.root, file), 'utf8'))) {
      const target = targetOf(specifier, posix.dirname(file), imports)
      if (target !== undefined && !LEFT_OUT.test(target))
        assert.ok(existsSync(join(image.root, target)), `${file}: ${specifier}`)
    }
  }
})

/** Where an import leads, from the root; undefined for what Node brings. */
function targetOf(
  specifier: string,
  from: string,
  imports: Record<string, string>
): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  if (specifier.startsWith('.')) return posix.join(from, specifier)
  if (!specifier.startsWith('#')) {
    const parts = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1)
    return `app/node_modules/${parts.join('/')}`
  }
  for (const [alias, target] of Object.entries(imports)) {
    const [before = '', after] = alias.split('*')
    if (
      after === undefined
        ? specifier !== alias
        : !(specifier.startsWith(before) && specifier.endsWith(after))
    )
      continue
    const middle =
      after === undefined ? '' : specifier.slice(before.length, specifier.length - after.length)
    return posix.join('app', target.replace('*', middle))
  }
  throw new Error(`${from}: no alias for ${specifier}`)
}

built('its program is static', ['nats-server', 'pause'], async (image) => {
  const program = image.entries.find(({ mode }) => mode.startsWith('-'))
  const path = join(image.root, program?.path ?? '')
  const { machine, loader, libraries } = readElf(await readFile(path), path)
  assert.equal([machine, loader, libraries], [hostArch(), undefined, []])
})

built('is built for the other processor too', ['pause'], async () => {
  const arch = hostArch() === 'amd64' ? 'arm64' : 'amd64'
  const out = join(folder, 'other.tar')
  const other = await buildImage({ what: 'pause', arch, out, tag: '2', log: () => {} })
  assert.is(other.name, 'ssmd.local/pause:2')
  const unpacked = await unpackArchive(other.file, join(folder, 'other.layout'))
  assert.is(unpacked.config.architecture, arch)
  await unpackRoot(unpacked, join(folder, 'other.root'))
  const program = join(folder, 'other.root/pause')
  assert.is(readElf(await readFile(program), program).machine, arch)
})

inJail('runs as user 65532 on a read-only root, out of its own files', 'ssmd', async (image) => {
  const { version } = await readManifest(ROOT)
  const said = await runJailed(image.root, ['ssmd', '--version'], envOf(image))
  assert.equal(said, { code: 0, output: `ssmd ${version}\n` })
  const script = `
    const fs = require('node:fs')
    const status = fs.readFileSync('/proc/self/status', 'utf8')
    let why = 'written'
    try { fs.writeFileSync('/app/x', '') } catch (error) { why = error.code }
    console.log(JSON.stringify({ pid: process.pid, uid: process.getuid(), gid: process.getgid(), why,
      groups: process.getgroups(), caps: /CapEff:\\s+(\\w+)/.exec(status)[1] }))`
  const inside = await runJailed(image.root, ['node', '-e', script], envOf(image))
  assert.equal(JSON.parse(inside.output), {
    ...{ pid: 1, uid: 65532, gid: 65532, why: 'EROFS' },
    ...{ groups: [65532], caps: '0000000000000000' },
  })
})

inJail('ssmd up is not for containers, and says what to do instead', 'ssmd', async (image) => {
  const said = await runJailed(image.root, ['ssmd', 'up'], envOf(image))
  assert.is(said.code, 2)
  assert.match(said.output, 'ssmd up is not for containers')
  assert.match(said.output, 'npm start')
  const left = image.entries.map(({ path }) => path).filter((path) => LEFT_OUT.test(path))
  assert.equal(left, [])
})

inJail('takes the code that was compiled ahead, and only that', 'ssmd', async (image) => {
  const env = { ...envOf(image), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  const { output } = await runJailed(image.root, ['ssmd', 'connector', '--help'], env)
  const taken = output.match(/ for (ESM|CommonJS) \S+ was accepted/g) ?? []
  const refused = output.match(/.* was rejected.*/g) ?? []
  assert.ok(taken.length > 10, output.slice(0, 2000))
  assert.equal(refused, [])
})

inJail('a role is process 1 and ends in order on SIGTERM', 'ssmd', async (image) => {
  const role = await start(image, 'ssmd', 'simulator', 'kalshi', '--port', '0')
  await until(30_000, 'the first log line', () => role.output().includes('\n'))
  const first = JSON.parse(role.output().split('\n')[0] ?? '') as Record<string, unknown>
  assert.equal([first.role, first.pid], ['simulator', 1])
  process.kill(role.pid, 'SIGTERM')
  assert.is(await within(30_000, 'the end', role.exited), 0)
  assert.match(role.output(), '"msg":"stopped"')
})

inJail('NATS runs out of its own files', 'nats-server', async (image) => {
  const said = await runJailed(image.root, ['nats-server', '--version'], envOf(image))
  assert.is(said.code, 0)
  assert.match(said.output, image.name.split(':')[1] ?? '?')
})

inJail('pause collects what ends in its pod, and ends on SIGTERM', 'pause', async (image) => {
  const pause = await start(image, '/pause')
  // A process whose parent has gone becomes a child of process 1.
  const orphan = ['--target', String(pause.pid), '--pid', 'sh', '-c', 'sleep 1 >/dev/null 2>&1 &']
  const made = await run('nsenter', orphan)
  assert.is(made.code, 0, made.output)
  await until(10_000, 'the orphan', () => childrenOf(pause.pid).length > 0)
  await until(10_000, 'no zombie', () => childrenOf(pause.pid).length === 0)
  process.kill(pause.pid, 'SIGTERM')
  assert.is(await within(10_000, 'the end', pause.exited), 0)
})

test.run()

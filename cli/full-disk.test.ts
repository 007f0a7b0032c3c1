// test: limit 900s
// A disk that fills up under a running `ssmd up` and is freed again: what is lost is shown while it lasts, everything resumes
// without help, and what was dropped is exactly what the manifest names.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { type Device, temporaryDevice, whyNoDevice } from '#testing/device.ts'
import { skip } from '#testing/skip.ts'
import { freePort } from '../operator/local/ports.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { ENTRY, runSsmd } from './testing/run.ts'

const MS = 180_000
const RATE = 1000

const RESOURCES = (natsPort: number) => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made-up }
spec:
  exchange: synthetic
  versions:
    - { name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator?rate=${RATE}&symbols=3&seed=7" }
  channels: [trade, ticker]
---
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: lab }
spec:
  feeds: [made-up]
  transport: { url: "nats://127.0.0.1:${natsPort}" }
  connector: { bufferBytes: 1Mi }
---
apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: all }
spec:
  environmentRef: { name: lab }
  feeds: [made-up]
  storage: { path: data/archive }
`

type Row = {
  readonly state: string
  readonly archived: number | null
  readonly lagMs: number | null
  readonly dropped: number | null
}
type State = { readonly feeds: readonly Row[]; readonly nats: { readonly trouble: string } | null }

/** `ssmd up` as a program reads it. */
function startUp(folder: TestFolder) {
  const child = spawn(process.execPath, [ENTRY, 'up', '-o', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: folder.path,
  })
  const exit = once(child, 'close')
  const events: string[] = []
  let state: State | undefined
  let dropped = 0
  let rest = ''
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const value = JSON.parse(line)
      if (value.kind === 'event') events.push(`${value.subject}: ${value.text}`)
      else {
        state = value
        dropped = Math.max(dropped, value.feeds[0]?.dropped ?? 0)
      }
    }
  })
  return {
    events,
    row: (): Row => state?.feeds[0] ?? { state: '', archived: null, lagMs: null, dropped: null },
    /** The most that it has shown: nothing is shown of a connector that has ended. */
    dropped: (): number => dropped,
    trouble: (): string => state?.nats?.trouble ?? '',
    async stop(): Promise<void> {
      child.kill('SIGINT')
      await within(MS, 'exit', exit).finally(() => child.kill('SIGKILL'))
    },
  }
}

/** Missing records that the manifests name, by cause. */
function missing(archive: string): Record<string, number> {
  const causes: Record<string, number> = {}
  for (const day of readdirSync(join(archive, 'made-up'))) {
    if (day.startsWith('.')) continue
    const { gaps } = JSON.parse(
      readFileSync(join(archive, 'made-up', day, 'manifest.json'), 'utf8')
    )
    for (const gap of gaps) causes[gap.cause] = (causes[gap.cause] ?? 0) + (gap.missing ?? 0)
  }
  return causes
}

const test = suite('full disk')
const why = await whyNoDevice()

/** Disks for the NATS store and for the archive: the same, two, or one of them. */
type Place = { readonly nats?: Device; readonly archive?: Device }

for (const [what, place, order] of [
  ['of NATS and archive together', () => together(), ['nats']],
  ['of NATS', () => ({ nats: temporaryDevice(48) }), ['nats']],
  ['of the archive', () => ({ archive: temporaryDevice(48) }), ['archive']],
  ['of NATS, and then that of the archive', () => apart(), ['archive', 'nats']],
  ['of the archive, and then that of NATS', () => apart(), ['nats', 'archive']],
] as const) {
  test(`the disk ${what} is full and freed: it is shown, resumes, and the gap is what was dropped`, async () => {
    if (why !== undefined) return skip(why)
    using folder = new TestFolder()
    folder.write('exchanges/all.yaml', RESOURCES(await freePort()))
    using stack = new DisposableStack()
    const disks: Place = place()
    for (const disk of new Set([disks.nats, disks.archive])) if (disk) stack.use(disk)
    mkdirSync(join(folder.data, '.ssmd'), { recursive: true })
    for (const [disk, at] of [
      [disks.nats, '.ssmd/nats'],
      [disks.archive, 'archive'],
    ] as const) {
      if (disk === undefined) continue
      mkdirSync(join(disk.path, at), { recursive: true })
      symlinkSync(join(disk.path, at), join(folder.data, at))
    }
    const up = startUp(folder)
    try {
      await until(MS, 'archived records', () => (up.row().archived ?? 0) > RATE)
      for (const name of order.toReversed()) disks[name]?.fill()
      if (disks.nats) {
        await until(MS, 'what NATS refuses', () => /ssmd_lab_made-up \(no space/.test(up.trouble()))
        await until(MS, 'dropped frames', () => up.dropped() > RATE)
      }
      if (disks.archive && !disks.nats)
        await until(MS, 'what the archive cannot', () => up.row().state === 'not archived')

      for (const name of order) {
        disks[name]?.free()
        if (name !== 'nats') continue
        await until(MS, 'NATS takes messages', () => up.trouble() === '')
      }
      const before = up.row().archived ?? 0
      await until(MS, 'archived anew', () => {
        const { archived, lagMs, state } = up.row()
        return state === 'capturing' && (archived ?? 0) > before + RATE && (lagMs ?? MS) < 20_000
      })
      // While it runs, and not at the next start.
      const archive = join(folder.data, 'archive')
      await until(
        MS,
        'the gap',
        () => missing(archive)['buffer-full'] === (up.dropped() || undefined)
      )
    } finally {
      await up.stop()
      for (const disk of [disks.nats, disks.archive]) disk?.free()
    }
    const restarts = up.events.filter((event) => event.startsWith('nats-server: restarting: '))
    if (disks.nats) {
      assert.match(
        restarts[0] ?? '',
        /takes no messages for ssmd_lab_made-up \(no space left on device\), although the disk has space$/
      )
      assert.ok(up.events.includes('nats-server: takes messages again'))
    } else assert.equal(restarts, [])
    const verified = await runSsmd(['data', 'verify', '--path', 'data/archive'], {
      cwd: folder.path,
    })
    assert.is(verified.code, 0, verified.stdout)
    const lost = Object.values(missing(join(folder.data, 'archive')))
    assert.is(
      lost.reduce((sum, count) => sum + count, 0),
      up.dropped(),
      JSON.stringify(missing(join(folder.data, 'archive')))
    )
  })
}

function together(): Place {
  const disk = temporaryDevice(64)
  return { nats: disk, archive: disk }
}

const apart = (): Place => ({ nats: temporaryDevice(48), archive: temporaryDevice(48) })

test.run()

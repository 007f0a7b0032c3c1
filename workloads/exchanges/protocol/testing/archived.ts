// A feed through simulator, connector, NATS and archiver as separate programs, and then its archive. For tests of any
// exchange.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { type CheckedArchive, checkArchive } from '#testing/checker.ts'
import { until } from '#testing/deadline.ts'
import { startNats } from '#testing/nats.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'

export type SimulatorStatus = {
  readonly replay: { readonly done: boolean } | null
  readonly framesSent: number
  readonly faults: Readonly<Record<string, number>>
}

export type Stack = {
  readonly root: string
  readonly journal: string
  readonly connector: RunningRole
  status(): Promise<SimulatorStatus>
}

export type ArchivedOptions = {
  readonly exchange: string
  readonly feed: string
  /** The Feed as YAML; its addresses are replaced by the simulator's. */
  readonly feedYaml: string
  /** Arguments of the simulator; `dir` is a folder for files of theirs. */
  readonly simulate: (dir: string) => readonly string[]
  /** Resolves once enough was sent. */
  readonly use: (stack: Stack) => Promise<void>
  /** Whether all that must be archived is; asked once every connection has its end in the archive. */
  readonly isComplete: (archive: CheckedArchive, sent: readonly string[]) => boolean
  /** Looks at the archive before it is removed. */
  readonly inspect?: (root: string) => Promise<void>
  /** Bytes that NATS takes of a message. @default that of the server */
  readonly maxPayload?: number
}

export type Archived = { readonly sent: readonly string[]; readonly archive: CheckedArchive }

/** Runs the programs, and reads the archive once all that was sent must be in it. */
export async function archived(options: ArchivedOptions): Promise<Archived> {
  const { exchange, feed, maxPayload } = options
  const dir = mkdtempSync(join(tmpdir(), `ssmd-${exchange}-`))
  const root = join(dir, 'archive')
  const journal = join(dir, 'sent.jsonl')
  const nats = await startNats({
    sync: 'always',
    ...(maxPayload === undefined ? {} : { maxPayload }),
  })
  const running: RunningRole[] = []
  const start = async (...args: string[]) => {
    const role = await startRole(args, { logFile: join(dir, `${args[0]}.log`) })
    running.push(role)
    return role
  }
  try {
    const simulator = await start(
      ...['simulator', exchange, '--port', '0', '--journal', journal],
      ...options.simulate(dir)
    )
    const url = String(simulator.ready.url)
    const http = url.replace(/^ws/, 'http').replace(/(:\d+).*$/, '$1')
    const files = writeResources(join(dir, 'resources'), {
      feed: options.feedYaml,
      environment: `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: replay}
spec:
  feeds: [${feed}]
  transport: {url: "${nats.url}"}
  simulator: {feeds: [${feed}], url: "${url}"}
`,
      archive: `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: {name: kept}
spec:
  environmentRef: {name: replay}
  feeds: [${feed}]
  storage: {path: "${root}"}
`,
    })
    const archiver = await start(
      ...['archiver', '--archive', files.archive, '--env', files.environment]
    )
    const connector = await start('connector', '--feed', files.feed, '--env', files.environment)
    const status = async () => (await (await fetch(`${http}/simulator`)).json()) as SimulatorStatus
    await options.use({ root, journal, connector, status })
    // What is sent while the connector says goodbye may not reach it; what is sent last is not written down yet.
    const sent = sentOf(journal)
    assert.is(await connector.stop(), 0, 'connector ends with 0')
    await simulator.stop()
    await until(60_000, 'all archived', () => {
      try {
        const archive = checkArchive(root, feed)
        return isClosed(archive) && options.isComplete(archive, sent)
      } catch {
        return false
      }
    })
    assert.is(await archiver.stop(), 0, 'archiver ends with 0')
    const archive = checkArchive(root, feed)
    assert.equal(archive.problems, [])
    await options.inspect?.(root)
    return { sent, archive }
  } finally {
    for (const role of running) await role.kill()
    await nats.stop()
    rmSync(dir, { recursive: true })
  }
}

/** Frames that the simulator has written down as sent. */
export const sentOf = (journal: string): string[] =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(line.indexOf('"frame":') + 8, -1))

/** The last record of every connection is its end: the connector sends nothing after it. */
const isClosed = ({ connections }: CheckedArchive): boolean =>
  connections.size > 0 &&
  [...connections.values()].every((records) => records.at(-1)?.event?.kind === 'close')

export const recordsOf = (archive: CheckedArchive) => [...archive.connections.values()].flat()

/** All gaps but the one that the end of the test makes. */
export const gapsOf = (archive: CheckedArchive) =>
  archive.gaps.filter(({ cause }) => cause !== 'connector-stopped')

// An independent reader of an archive for tests. It shares no code with the writer, the reader or the
// verifier: it gunzips whole files, parses every line, and holds what it finds against the manifest.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export type CheckedRecord = {
  readonly n: number
  readonly recv: string
  readonly group: string
  /** The bytes behind `"frame":`, or null for an event or a frame that is not JSON. */
  readonly frame: string | null
  readonly event: { readonly kind: string; readonly [key: string]: unknown } | null
}

export type CheckedGap = {
  readonly cause: string
  readonly fault: string
  readonly connection: string | null
  readonly shard?: number | null
  readonly missing: number | null
  readonly channel?: string
  readonly detail?: string
  readonly from: string
  readonly to: string | null
}

export type CheckedArchive = {
  /** Records of each connection, in the order of their numbers. */
  readonly connections: ReadonlyMap<string, readonly CheckedRecord[]>
  readonly gaps: readonly CheckedGap[]
  readonly days: readonly string[]
  readonly simulated: boolean
  /** What is wrong; empty where the archive holds what its manifests say. */
  readonly problems: readonly string[]
}

type ManifestLike = {
  simulated: boolean
  records: number
  segments: {
    name: string
    bytes: number
    records: number
    sha256: string
    sealed: boolean
    /** Of its lines; an older ssmd, which knew format 1 alone, left it out. */
    format?: 1 | 2
  }[]
  gaps: CheckedGap[]
}

/** Reads all days of one feed; see `problems` for the verdict. */
export function checkArchive(root: string, feed: string): CheckedArchive {
  const problems: string[] = []
  const connections = new Map<string, CheckedRecord[]>()
  const gaps: CheckedGap[] = []
  const seen = new Map<string, Set<number>>()
  let simulated = false
  const base = join(root, feed)
  const days = existsSync(base)
    ? readdirSync(base)
        .filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name))
        .sort()
    : []
  if (days.length === 0) problems.push(`no days under ${base}`)
  for (const day of days) {
    const folder = join(base, day)
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as ManifestLike
    simulated ||= manifest.simulated
    gaps.push(...manifest.gaps)
    const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz'))
    const named = new Set(manifest.segments.map((segment) => segment.name))
    for (const file of files) if (!named.has(file)) problems.push(`${day}/${file}: not in manifest`)
    let records = 0
    for (const segment of manifest.segments) {
      const where = `${day}/${segment.name}`
      const bytes = readFileSync(join(folder, segment.name))
      if (bytes.length !== segment.bytes)
        problems.push(`${where}: ${bytes.length} bytes, manifest says ${segment.bytes}`)
      const sum = createHash('sha256').update(bytes).digest('hex')
      if (sum !== segment.sha256) problems.push(`${where}: sha256 differs`)
      const raw = gunzipSync(bytes)
      const group = segment.name.replace(/_\d+\.jsonl\.gz$/, '')
      const highest = new Map<string, number>()
      let lines = 0
      for (let start = 0; start < raw.length; ) {
        const end = raw.indexOf(10, start)
        if (end < 0) {
          problems.push(`${where}: last line has no end`)
          break
        }
        const line = raw.toString('utf8', start, end)
        start = end + 1
        lines++
        const { recv, conn, n, event } = JSON.parse(line) as {
          recv: string
          conn: string
          n: number
          event?: CheckedRecord['event']
        }
        if (recv.slice(0, 10) !== day) problems.push(`${where}: line of ${recv}`)
        const numbers = seen.get(conn) ?? new Set<number>()
        seen.set(conn, numbers)
        if (numbers.has(n)) problems.push(`${where}: ${conn} ${n} twice`)
        numbers.add(n)
        if ((highest.get(conn) ?? 0) >= n) problems.push(`${where}: ${conn} ${n} out of order`)
        highest.set(conn, n)
        const { pad, type, symbol } = JSON.parse(line) as {
          pad?: readonly [string, string]
          type: string
          symbol?: string
        }
        const names =
          segment.format === 2 ? `,${JSON.stringify({ type, symbol }).slice(1, -1)}` : ''
        const padText = pad === undefined ? '' : `,"pad":${JSON.stringify(pad)}`
        const mark = line.indexOf(',"frame":')
        const head = `{"recv":"${recv}","conn":"${conn}","n":${n}${names}`
        if (!line.startsWith(head))
          problems.push(`${where}: line does not begin as it should: ${line.slice(0, 120)}`)
        const list = connections.get(conn) ?? []
        connections.set(conn, list)
        list.push({
          n,
          recv,
          group,
          frame:
            mark === head.length + padText.length
              ? `${pad?.[0] ?? ''}${line.slice(mark + 9, -1)}${pad?.[1] ?? ''}`
              : null,
          event: event ?? null,
        })
      }
      if (lines !== segment.records)
        problems.push(`${where}: ${lines} lines, manifest says ${segment.records}`)
      records += lines
    }
    if (records !== manifest.records)
      problems.push(`${day}: ${records} records, manifest says ${manifest.records}`)
  }
  for (const [conn, list] of connections) {
    list.sort((a, b) => a.n - b.n)
    const explained = gaps
      .filter((gap) => gap.connection === conn)
      .reduce((sum, gap) => sum + (gap.missing ?? 0), 0)
    const last = list[list.length - 1]!.n
    const missing = last - list.length
    if (missing > 0 && missing > explained)
      problems.push(`${conn}: ${missing} numbers missing, manifest explains ${explained}`)
    for (let i = 1; i < list.length; i++)
      if (list[i]!.recv < list[i - 1]!.recv) {
        problems.push(`${conn}: receive time goes back at ${list[i]!.n}`)
        break
      }
  }
  return { connections, gaps, days, simulated, problems }
}

// A folder of its own for each test of operator/local, with small resources in it.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Start = {
  readonly role: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly at: number
  readonly pid: number
}

export class TestFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'ssmd-local-'))

  /** The program that stands in for `ssmd`; where it was started is where it leaves its marks. */
  readonly entry: string = join(this.path, 'program.ts')

  constructor() {
    symlinkSync(join(import.meta.dirname, 'program.ts'), this.entry)
  }

  get exchanges(): string {
    return join(this.path, 'exchanges')
  }

  get data(): string {
    return join(this.path, 'data')
  }

  write(name: string, text: string): string {
    const file = join(this.path, name)
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
    return file
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8')
  }

  remove(name: string): void {
    rmSync(join(this.path, name), { recursive: true, force: true })
  }

  /** Every start of the fixture program, the oldest first. */
  starts(role?: string): Start[] {
    let names: string[]
    try {
      names = readdirSync(join(this.path, 'starts'))
    } catch {
      return []
    }
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({
        ...(JSON.parse(this.read(join('starts', name))) as Start),
        pid: Number(name.split('.')[1]),
      }))
      .filter((start) => role === undefined || start.role === role)
      .sort((a, b) => a.at - b.at)
  }

  /** When each of them was asked to end. */
  ends(): { role: string; pid: number; at: number }[] {
    return readdirSync(join(this.path, 'starts'))
      .filter((name) => name.endsWith('.end'))
      .map((name) => {
        const [role = '', pid = ''] = name.split('.')
        return { role, pid: Number(pid), at: Number(this.read(join('starts', name))) }
      })
      .sort((a, b) => a.at - b.at)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** One simulated Kalshi feed with an archive, as three files. */
export function writeResources(folder: TestFolder, natsPort: number): void {
  folder.write(
    'exchanges/feeds/kalshi.yaml',
    `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: kalshi }
spec:
  exchange: kalshi
  versions:
    - { name: v2, effectiveFrom: "2025-01-01", endpoint: "wss://ws.example.com/trade-api/ws/v2", authMethod: apiKey }
  channels: [trade]
`
  )
  folder.write(
    'exchanges/environments/local.yaml',
    `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: local }
spec:
  feeds: ["*"]
  transport: { url: "nats://127.0.0.1:${natsPort}" }
  simulator: { feeds: [kalshi] }
`
  )
  folder.write(
    'exchanges/archives/kalshi-local.yaml',
    `apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: kalshi-local }
spec:
  environmentRef: { name: local }
  feeds: [kalshi]
  storage: { path: data }
`
  )
}

// `ssmd mcp`: from flags and environment to the server.
import { runMcp } from '#data/mcp/stdio.ts'
import { dataSource } from '../data-source.ts'
import { clean } from '../text.ts'
import { readVersion } from './version.ts'

export type McpFlags = {
  readonly path?: readonly string[]
  readonly url?: string
  readonly cacheDir?: string
}

export const runMcpCommand = (flags: McpFlags): Promise<void> =>
  runMcp({
    source: dataSource(flags, process.env),
    cacheDir: flags.cacheDir,
    version: readVersion(),
    env: process.env,
    log: (line) => void process.stderr.write(`ssmd: ${clean(line)}\n`),
  })

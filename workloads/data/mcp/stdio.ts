// `ssmd mcp`: the protocol over standard input and output. Standard output is the protocol's alone; everything for a person goes to standard
// error.

import type * as StdioModule from '@modelcontextprotocol/server/stdio'
import { packageOnFirstUse } from '#packages/on-first-use.ts'
import { Archives } from '../client/archives.ts'
import { queryTools } from '../tools/query-tools.ts'
import { redacted } from '../tools/redact.ts'
import { mcpServers, mcpTools } from './server.ts'

export type McpOptions = {
  readonly source:
    | { readonly kind: 'archives'; readonly paths: readonly string[] }
    | { readonly kind: 'api'; readonly url: URL }
  readonly cacheDir?: string | undefined
  readonly version: string
  readonly env: NodeJS.ProcessEnv
  readonly log: (line: string) => void
}

/** Serves until standard input ends. */
export async function runMcp({ source, cacheDir, version, env, log }: McpOptions): Promise<void> {
  let opened: Promise<Archives> | undefined
  const open = (): Promise<Archives> => {
    const paths = source.kind === 'archives' ? source.paths : []
    opened ??= Archives.open({ paths, cacheDir, onTrouble: log })
    return opened
  }
  const tools = mcpTools(queryTools(source.kind === 'api' ? source : { kind: 'archives', open }))
  const servers = await mcpServers(tools, { version, log, clean: (text) => redacted(text, env) })
  const url = await packageOnFirstUse('@modelcontextprotocol/server', { log, entry: 'stdio' })
  const { serveStdio } = (await import(url.href)) as typeof StdioModule
  const ended = new Promise<void>((resolve) => process.stdin.once('end', resolve))
  const handle = serveStdio(servers, { onerror: (error) => log(error.message) })
  await ended
  await handle.close()
  await (await opened)?.[Symbol.asyncDispose]()
}

// `ssmd version`: what is needed to tell one installation from another.
import { readFileSync } from 'node:fs'
import { write } from '../output.ts'

/** As package.json has it. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

export async function runVersion(): Promise<void> {
  const { platform, arch, versions } = process
  await write(`ssmd ${readVersion()}, Node ${versions.node}, ${platform} ${arch}\n`)
}

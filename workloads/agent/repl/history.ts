// What was typed in earlier sessions, a line each: for the arrow keys of the prompt.

import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The latest first; empty if there is none that can be read. */
export async function readHistory(file: string, most: number): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean).reverse().slice(0, most)
}

/** Best effort: a prompt works without its history. */
export async function keepHistory(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(() => {})
  await appendFile(file, `${text.replaceAll('\n', '\\n')}\n`, { mode: 0o600 }).catch(() => {})
}

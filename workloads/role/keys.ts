// A feed's key, from where the Environment says that it lies: variables (on a laptop) or the files that a
// mounted Secret becomes. The same text gives the same key from either. Values are never logged and never part of a message.
import { isUtf8 } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

/** Where a Secret is mounted: one folder a key, one file a field. */
export const KEYS_DIR = '/etc/ssmd/keys'
/** A Secret holds 1 MiB at most. */
const MAX_BYTES = 1024 * 1024

export type KeySource = {
  readonly name: string
  readonly fields: readonly string[]
  /** Variable of each field, where the key comes from variables. */
  readonly env: Readonly<Record<string, string>> | undefined
  /** Fields that are sent as values of HTTP headers. */
  readonly headerFields?: readonly string[]
}

/** The value of each field of a key. Throws SSMD_E_CREDENTIALS naming every field that is missing or useless, and its source. */
export async function readKey(
  key: KeySource,
  options: { env: NodeJS.ProcessEnv; keysDir?: string | undefined }
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const field of key.fields) {
    const variable = key.env?.[field]
    const file = join(options.keysDir ?? KEYS_DIR, key.name, field)
    const source = variable === undefined ? `file ${file}` : `variable ${variable} (${field})`
    const text = variable === undefined ? await readTextFile(file) : (options.env[variable] ?? '')
    const value = typeof text === 'string' ? plainValue(text) : ''
    if (typeof text !== 'string') missing.push(`${source} (${text.problem})`)
    else if (value === '') missing.push(variable === undefined ? `${source} (empty)` : source)
    else values[field] = value
    if (key.headerFields?.includes(field)) {
      checkHeaderValue(value, `key ${key.name}: ${field} from ${source}`)
    }
  }
  if (missing.length > 0) {
    throw new SsmdError('SSMD_E_CREDENTIALS', `key ${key.name}: not set: ${missing.join(', ')}`, {
      hint: key.env
        ? 'export these variables, or name the feed in spec.simulator.feeds of the Environment'
        : 'mount the Secret there, or give its folder with --keys',
    })
  }
  return values
}

/**
 * What a person means by a text: with one kind of line break, also where it was written as a literal `\n` to fit one
 * line, and without a byte order mark and white space around it.
 */
export const plainValue = (text: string): string =>
  // trim takes a byte order mark too.
  text.replaceAll(/(?:\\r)?\\n|\r\n?/g, '\n').trim()

/** Throws SSMD_E_CREDENTIALS if no HTTP header takes the value. */
export function checkHeaderValue(value: string, what: string): void {
  for (const [at, character] of [...value].entries()) {
    const code = character.codePointAt(0)!
    if (code === 9 || (code >= 0x20 && code !== 0x7f && code <= 0xff)) continue
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    throw new SsmdError(
      'SSMD_E_CREDENTIALS',
      `${what} holds ${name} at character ${at + 1}, which is not allowed in an HTTP header`,
      { hint: 'copy the value again, as plain text in one line' }
    )
  }
}

/** The text of a file that a Secret becomes. */
export async function readTextFile(file: string): Promise<string | { readonly problem: string }> {
  try {
    const facts = await stat(file)
    if (!facts.isFile()) return { problem: 'not a file' }
    if (facts.size > MAX_BYTES) return { problem: `${facts.size} bytes, too large for a key` }
    const bytes = await readFile(file)
    return isUtf8(bytes) ? bytes.toString('utf8') : { problem: 'not UTF-8 text' }
  } catch (thrown) {
    return { problem: (thrown as NodeJS.ErrnoException).code ?? 'unreadable' }
  }
}

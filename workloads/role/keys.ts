// A feed's key, from where the Environment says that it lies: variables (on a laptop) or the files that a
// mounted Secret becomes. Values are never logged and never part of a message.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

/** Where a Secret is mounted: one folder a key, one file a field. */
export const KEYS_DIR = '/etc/ssmd/keys'

export type KeySource = {
  readonly name: string
  readonly fields: readonly string[]
  /** Variable of each field, where the key comes from variables. */
  readonly env: Readonly<Record<string, string>> | undefined
}

/**
 * The value of each field of a key. A variable's literal `\n` becomes a line break, so that a PEM fits one line.
 * Throws SSMD_E_CREDENTIALS naming every field that is missing and where it was looked for.
 */
export async function readKey(
  key: KeySource,
  options: { env: NodeJS.ProcessEnv; keysDir?: string | undefined }
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {}
  const missing: string[] = []
  for (const field of key.fields) {
    const variable = key.env?.[field]
    if (variable !== undefined) {
      const value = options.env[variable]
      if (value === undefined || value.trim() === '')
        missing.push(`variable ${variable} (${field})`)
      else values[field] = value.trim().replaceAll('\\n', '\n')
      continue
    }
    const file = join(options.keysDir ?? KEYS_DIR, key.name, field)
    try {
      const value = (await readFile(file, 'utf8')).trim()
      if (value === '') missing.push(`file ${file} (empty)`)
      else values[field] = value
    } catch (thrown) {
      missing.push(`file ${file} (${(thrown as NodeJS.ErrnoException).code ?? 'unreadable'})`)
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

// Where a key is read, as the original and `env add-key` write it: `env:A,B`, `secret:name`, `sealed-secret:ns/name`. Pure.

import { SsmdError, usageError } from '#crds/errors.ts'

const SOURCES = 'write env:VARIABLE,VARIABLE (one for each field) or secret:<name>'

/** The source of a key; one variable for each field. Throws SSMD_E_USAGE. */
export function sourceOf(text: string, fields: readonly string[]) {
  const [, kind, rest = ''] = /^([a-z-]+):(.+)$/.exec(text) ?? []
  if (kind === 'env') {
    const variables = rest.split(',').map((one) => one.trim())
    if (variables.length !== fields.length) {
      throw usageError(
        `--source ${text} names ${variables.length} variables for ${fields.length} fields`,
        SOURCES
      )
    }
    return { env: Object.fromEntries(fields.map((field, i) => [field, variables[i]])) }
  }
  if (kind === 'secret' || kind === 'sealed-secret') {
    // A sealed Secret becomes a Secret of this name; the namespace is that of the Environment.
    return { secret: { name: rest.split('/').at(-1) } }
  }
  if (kind === 'vault') {
    throw new SsmdError('SSMD_E_USAGE', `--source ${text}: ssmd does not read Vault itself`, {
      hint: 'let External Secrets write a Secret from it, and write secret:<name>',
    })
  }
  throw usageError(`--source ${text} is no source`, SOURCES)
}

/** The original wrote `api_key`. */
export const camel = (text: string): string =>
  text.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

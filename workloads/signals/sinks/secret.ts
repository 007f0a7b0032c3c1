// The credential of a sink, from the file that a mounted Secret becomes; read for each attempt, because it may be rotated. Nothing of it
// is part of a message.

import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { plainValue, readTextFile } from '#role/keys.ts'

/** Where Secrets of sinks are mounted: one folder each, one file a key. */
export const SINKS_DIR = '/etc/ssmd/sinks'

/** The text of the sink's Secret; undefined if it names none. SSMD_E_CREDENTIALS if it cannot be read. */
export async function readSecret(sink: SignalSink, folder: string): Promise<string | undefined> {
  const { secretRef } = sink
  if (secretRef === undefined) return undefined
  const file = join(folder, secretRef.name, secretRef.key)
  const text = await readTextFile(file)
  const value = typeof text === 'string' ? plainValue(text) : ''
  if (value !== '') return value
  const why = typeof text === 'string' ? 'empty' : text.problem
  throw new SsmdError('SSMD_E_CREDENTIALS', `its Secret cannot be read: file ${file} (${why})`, {
    hint: 'create the Secret that secretRef names; by hand, give its folder with --sinks',
  })
}

/** `text` without any of the credentials, in the forms in which they are sent. */
export function redacted(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length < 3) continue
    const base64 = Buffer.from(secret).toString('base64')
    for (const form of [secret, encodeURIComponent(secret), base64]) {
      clean = clean.replaceAll(form, '[redacted]')
    }
  }
  return clean
}

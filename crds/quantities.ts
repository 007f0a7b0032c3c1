// Durations and sizes as resources write them: `500ms`, `2m`, `3d`; `64Mi`, `8Gi`, or bytes.

import { SsmdError } from './errors.ts'

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
}

/** Milliseconds of a duration. */
export const parseDuration = (text: string): number =>
  quantity(text, /^(\d+)(ms|s|m|h|d)$/, MILLISECONDS, 'a duration such as 500ms, 30s, 2m, 1h or 3d')

/** Bytes of a size. */
export const parseSize = (text: string): number =>
  quantity(text, /^(\d+)(Ki|Mi|Gi|Ti)?$/, BYTES, 'a size such as 64Mi, 8Gi or 1Ti')

function quantity(
  text: string,
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
  expected: string
): number {
  const parts = pattern.exec(text)
  const value = Number(parts?.[1]) * (units[parts?.[2] ?? ''] ?? Number.NaN)
  if (Number.isSafeInteger(value)) return value
  throw new SsmdError(
    'SSMD_E_RESOURCE_INVALID',
    `expected ${expected}, found ${JSON.stringify(text)}`
  )
}

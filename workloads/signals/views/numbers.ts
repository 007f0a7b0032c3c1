// How views show decimals: as numbers, and what is absent as undefined.

import type { DecimalSum } from '#market/builders/decimal-sum.ts'
import type { ExactSum } from '#market/builders/exact-sum.ts'
import { POWERS } from '#market/decimal.ts'

export const decimal = (integer: number, scale: number): number | undefined =>
  Number.isNaN(integer) ? undefined : integer / (POWERS[scale] ?? 10 ** scale)

export const sum = (of: DecimalSum | undefined): number | undefined => known(of?.near)

export const exact = (of: ExactSum, scale: number): number =>
  of.near / (POWERS[scale] ?? 10 ** scale)

export const known = (value: number | undefined): number | undefined =>
  value === undefined || Number.isNaN(value) ? undefined : value

/** A time in milliseconds that is -1 if there is none. */
export const time = (ms: number | undefined): number | undefined =>
  ms === undefined || ms < 0 ? undefined : ms

// What run.json says of a run: everything that its fires follow from. Nothing in it says when or where it ran, so that equal runs have
// equal files but for the number of the trial.

import type { Model } from './card.ts'

export type RunManifest = {
  readonly version: 1
  readonly signal: {
    readonly id: string
    readonly version: number
    /** SHA-256 of the source, and of what was made of it. */
    readonly sha256: string
    readonly codeSha256: string
  }
  readonly params: Readonly<Record<string, number | string | boolean>>
  /** As it was asked for. */
  readonly scope: {
    readonly feeds: readonly string[]
    readonly symbols: readonly string[] | null
    readonly from: string | null
    readonly to: string | null
  }
  /** As it was read: RFC 3339, the end excluded. */
  readonly window: { readonly from: string; readonly to: string }
  readonly order: string
  readonly versions: { readonly ssmd: string; readonly node: string }
  readonly days: readonly RunDay[]
  readonly missingDays: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly verdict: { readonly kind: 'ran' } | ({ readonly kind: 'refused' } & Stopped)
  readonly guard: unknown
  readonly firesHash: string
  /** How many runs of this signal there were, with this one. */
  readonly trial: number
  /** What its card says in short; null: it has no card. */
  readonly result: RunResult | null
  /** Of several runs that belong together: a sweep, or the parts of a walk forward. */
  readonly part?: Readonly<Record<string, string | number>>
}

export type RunResult = {
  readonly model: Model
  readonly net: number
  readonly fills: number
  readonly period: string
  readonly sharpe: number | null
  readonly deflatedSharpe: number | null
  readonly maxDrawdown: number
}

export type Stopped = { readonly identifier: string; readonly line: number; readonly why: string }

export type RunDay = {
  readonly feed: string
  readonly day: string
  /** Hash of its manifest. */
  readonly manifest: string
  readonly condition: string
  readonly records: number
  readonly gaps: number
}

export const RUN_FILE = 'run.json'
export const CARD_FILE = 'card.json'
export const HTML_FILE = 'card.html'
export const FIRES_FILE = 'fires.jsonl'
/** The source as it ran. */
export const SOURCE_FILE = 'signal.ts'

/** Ids of signals and of runs: names of folders, which come from addresses too. */
const SIGNAL_ID = /^[a-z][a-z0-9-]{0,62}$/
const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/

export const isSignalId = (text: string): boolean => SIGNAL_ID.test(text)
export const isRunId = (text: string): boolean => RUN_ID.test(text)

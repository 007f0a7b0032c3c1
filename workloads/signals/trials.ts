// How often a signal was tried: the runs of it in a folder of runs, and what their Sharpe ratios were.

import { listRuns, readRun } from '#runs/folders.ts'
import type { RunManifest } from '#runs/run.ts'
import type { TrialsSoFar } from './card/make-card.ts'

export class Trials {
  #count: number
  readonly #ratios: { readonly period: string; readonly sharpe: number }[] = []

  /** A run that did not end was tried too. */
  static async of(runs: string, signal: string): Promise<Trials> {
    const places = await listRuns(runs, signal)
    const trials = new Trials(places.length)
    for (const place of places) trials.#take((await readRun(place, 'manifest')).manifest)
    return trials
  }

  private constructor(count: number) {
    this.#count = count
  }

  get soFar(): TrialsSoFar {
    return { count: this.#count, ratios: this.#ratios }
  }

  /** With one more. */
  begin(): TrialsSoFar {
    this.#count++
    return this.soFar
  }

  end(manifest: RunManifest): void {
    this.#take(manifest)
  }

  #take(manifest: RunManifest | null): void {
    const result = manifest?.result
    if (result?.sharpe == null) return
    this.#ratios.push({ period: result.period, sharpe: result.sharpe })
  }
}

// What a benchmark prints: a figure, its unit, and where there is something real to hold it against, the ratio.

export type Row = {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** This figure against another of the same run, e.g. `12.3x of capnp-ts`. */
  readonly ratio?: string | undefined
}

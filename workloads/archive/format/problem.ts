// One finding about an archive: the file, the place in it, and what was found.

export type Problem = {
  /** Relative to the root. */
  readonly file: string
  /** Where in the file: `line 17`, `member at byte 4096`, `segments[3].records`, or empty. */
  readonly where: string
  readonly what: string
}

// The types of install.mjs, which has to be plain JavaScript.

/** `run`: what ssmd needs to run. `all`: also what tests, checks and benchmarks need. */
export type Level = 'run' | 'all'

export type InstallOptions = {
  readonly root?: string
  readonly log?: (line: string) => void
  /** Runs `npm ci` in a folder. */
  readonly npm?: (folder: string, flags: readonly string[]) => Promise<void>
}

export declare function ensureInstalled(level: Level, options?: InstallOptions): Promise<void>
export declare function fits(root: string, level: Level): boolean
export declare function isMarked(root: string, level: Level): boolean
export declare function npmCi(folder: string, flags: readonly string[]): Promise<void>

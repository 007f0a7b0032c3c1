// The types of install.mjs, which has to be plain JavaScript.

export type InstallOptions = {
  readonly root?: string
  readonly log?: (line: string) => void
  /** Runs `npm ci` in a folder. */
  readonly npm?: (folder: string) => Promise<void>
}

export declare function ensureInstalled(options?: InstallOptions): Promise<void>
export declare function fits(root?: string): boolean
export declare function isMarked(root?: string): boolean
export declare function npmCi(folder: string, flags?: readonly string[]): Promise<void>

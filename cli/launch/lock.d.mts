// The types of lock.mjs, which has to be plain JavaScript.

export declare function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options?: { onWait?: (pid: number | undefined) => void; staleMs?: number }
): Promise<T>

// A child of `ssmd up` never outlives it. `ssmd up` holds the other end of the child's standard input; when
// that closes, however the parent ended, the child stops as if it had been asked to.

/** Variable that `ssmd up` sets in its children: its own process id. */
export const PARENT_VARIABLE = 'SSMD_PARENT'

// A child that hangs while it stops is killed after this time; roles force their own end after 25 s.
const LAST_RESORT_MS = 28_000

/** Stops this process in order (SIGTERM to itself) once the parent that it was started by is gone. */
export function endWithParent(env: NodeJS.ProcessEnv): void {
  if (env[PARENT_VARIABLE] === undefined) return
  const { stdin } = process
  const end = () => {
    if (timer !== undefined) return
    timer = setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_RESORT_MS)
    timer.unref()
    process.kill(process.pid, 'SIGTERM')
  }
  let timer: NodeJS.Timeout | undefined
  stdin.on('end', end)
  stdin.on('close', end)
  stdin.on('error', end)
  // Reading is what notices the end; the pipe itself must not keep a finished role alive.
  stdin.resume()
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
}

// Every error that ssmd raises on purpose: one class, and one table of its codes.
// A message says what was attempted and what was found; the hint says what to do next.

/** What each code means. The codes are stable: they stand in logs, JSON output and docs/reference/errors.md. */
export const ERROR_CODES = {
  SSMD_E_USAGE:
    'a command or request asks for something that does not exist or does not fit together',
  SSMD_E_RESOURCE_SYNTAX: 'a resource file is not YAML, or not an object that ssmd knows',
  SSMD_E_RESOURCE_INVALID:
    'a resource breaks its schema: wrong type, unknown field, value out of bounds',
  SSMD_E_REFERENCE: 'a resource names another one that does not exist',
  SSMD_E_SECRET: 'a secret stands in a file of the repository',
  SSMD_E_CREDENTIALS: 'a key that a feed needs is missing or cannot be used',
  SSMD_E_PORT_IN_USE: 'another program listens on the port that ssmd needs',
  SSMD_E_DISK_FULL: 'no space is left on the disk on which ssmd has to write',
  SSMD_E_READ_ONLY: 'the disk on which ssmd has to write accepts no writes',
  SSMD_E_IO: 'reading or writing a file failed',
  SSMD_E_LOCKED: 'another process writes to the same archive',
  SSMD_E_TOOL_MISSING: 'a program that ssmd needs is missing and cannot be built',
  SSMD_E_PACKAGE: 'a package that ssmd installs on first use is missing and cannot be installed',
  SSMD_E_NATS: 'NATS refused or did not answer',
  SSMD_E_STREAM: 'a JetStream stream or consumer differs from what ssmd needs',
  SSMD_E_BLOCK: 'bytes on the wire are not a block of this schema',
  SSMD_E_EXCHANGE: 'an exchange refused what was asked of it',
  SSMD_E_RECORDING: 'a recording cannot be read to its end',
  SSMD_E_ARCHIVE_INVALID: 'an archive does not hold what its manifest says',
  SSMD_E_KUBERNETES: 'the Kubernetes API refused what was asked of it or did not answer',
  SSMD_E_DEFINITIONS:
    'the API server does not serve the kinds, or serves older ones than this operator needs',
  SSMD_E_NOT_FOUND: 'what was asked for does not exist',
  SSMD_E_SQL: 'a SQL statement is wrong: it cannot be read, or it names what does not exist',
  SSMD_E_SQL_REFUSED: 'a SQL statement is not run: only one that reads the tables is',
  SSMD_E_SQL_LIMIT: 'a SQL statement was stopped: it took more time, memory or output than it may',
  SSMD_E_SIGNAL: 'a signal is refused, or was stopped: its line says what it tried',
  SSMD_E_MODEL: 'the Messages API cannot be reached, refused, or its answers broke too often',
  SSMD_E_REQUEST: 'an HTTP request breaks a rule of HTTP or of the data API',
  SSMD_E_KEY: 'a request to the data API has no key, or one that is not valid',
  SSMD_E_FORBIDDEN: 'a request to the data API is not allowed, whatever it asks for',
  SSMD_E_BUSY: 'the data API has more to do than it takes on at a time',
  SSMD_E_INTERNAL: 'a fault in ssmd itself',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** An error a person can act on. `hint` is the next step, as a sentence; `cause` is kept. */
export class SsmdError extends Error {
  override readonly name = 'SsmdError'
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** What a person asked for does not exist or does not fit together. */
export const usageError = (message: string, hint?: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', message, hint === undefined ? {} : { hint })

/** The one place that turns an unknown thrown value into an SsmdError; keeps the original as its cause. */
export function toSsmdError(thrown: unknown): SsmdError {
  if (thrown instanceof SsmdError) return thrown
  if (!(thrown instanceof Error)) return new SsmdError('SSMD_E_INTERNAL', String(thrown))
  const errno = thrown as NodeJS.ErrnoException
  switch (errno.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new SsmdError('SSMD_E_DISK_FULL', thrown.message, {
        hint: 'free space on that disk; capture then continues automatically',
        cause: thrown,
      })
    case 'EROFS':
      return new SsmdError('SSMD_E_READ_ONLY', thrown.message, {
        hint: 'mount it for writing; if a fault made the disk read-only, check the disk first',
        cause: thrown,
      })
    case 'EADDRINUSE':
      return new SsmdError('SSMD_E_PORT_IN_USE', thrown.message, {
        hint: 'stop the other program or choose another port',
        cause: thrown,
      })
    default:
      return new SsmdError(errno.syscall ? 'SSMD_E_IO' : 'SSMD_E_INTERNAL', thrown.message, {
        cause: thrown,
      })
  }
}

/** One line for a person: message, then what to do. */
export function describeError(thrown: unknown): string {
  const error = toSsmdError(thrown)
  return error.hint ? `${error.message} (${error.hint})` : error.message
}

/** Exit codes of every command: 0 ok, 1 failed, 2 usage, 3 data or resources invalid. */
export function exitCodeOf(thrown: unknown): 1 | 2 | 3 {
  switch (toSsmdError(thrown).code) {
    case 'SSMD_E_USAGE':
    case 'SSMD_E_SQL':
    case 'SSMD_E_SQL_REFUSED':
      return 2
    case 'SSMD_E_RESOURCE_SYNTAX':
    case 'SSMD_E_RESOURCE_INVALID':
    case 'SSMD_E_REFERENCE':
    case 'SSMD_E_SECRET':
    case 'SSMD_E_ARCHIVE_INVALID':
    case 'SSMD_E_RECORDING':
    case 'SSMD_E_SIGNAL':
      return 3
    default:
      return 1
  }
}

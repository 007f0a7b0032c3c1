// Where the archive reports what it does; pino's loggers fit.

export type WriterLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

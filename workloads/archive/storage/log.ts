// The log of an archive's writer; pino's loggers fit.

export type WriterLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

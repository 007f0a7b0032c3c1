// Server-sent events as text (the WHATWG specification's text/event-stream). Pure.

export type ServerEvent = {
  /** Where a reader continues behind it. */
  readonly id?: string
  /** @default message */
  readonly event?: string
  /** One line. */
  readonly data: string
}

/** A tail that was opened. */
export type Tail = {
  /** Events as text, several at a time; may be empty. */
  readonly texts: AsyncGenerator<string, void>
  /** The id behind the last of them. */
  position(): string
}

/**
 * What is sent while nothing happens, so that neither the reader nor what lies between takes the connection for dead: an event
 * without data, which no reader shows and which moves the id on, past what its filter left out.
 */
export const heartbeatText = (id: string): string => `id: ${id}\n\n`

export function eventText({ id, event, data }: ServerEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `${head}${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`
}

// One connected client: its session, the writer of its frames and the wire to it. What waits to be sent is bounded by
// a caller that asks for `pendingBytes`.
import type { Session } from '#exchanges/simulation/venue.ts'
import { FrameWriter } from './writer.ts'

/** Where a client's bytes go: a socket, or a test's memory. */
export type Wire = {
  readonly open: boolean
  /** Bytes that the other side has not taken yet. */
  readonly pendingBytes: number
  /** Sends whole frames; `sent` is called when the bytes may be used again. */
  write(bytes: Buffer, sent: () => void): void
  onDrain(listener: () => void): void
  offDrain(listener: () => void): void
  ping(body: string): void
  /** Ends the connection with a close frame. */
  close(code: number, reason: string): void
  /** Ends the connection without a close frame: the client sees 1006. */
  cut(): void
}

export class Client {
  readonly id: number
  readonly session: Session
  readonly writer: FrameWriter
  readonly wire: Wire
  framesSent = 0
  bytesSent = 0
  answersSent = 0
  /** When anything was last sent, unix milliseconds. */
  sentMs: number
  readonly #now: () => number

  constructor(options: { id: number; session: Session; wire: Wire; now: () => number }) {
    this.id = options.id
    this.session = options.session
    this.wire = options.wire
    this.#now = options.now
    this.sentMs = options.now()
    this.writer = new FrameWriter((bytes) => this.#write(bytes))
  }

  /** Bytes that this client has not taken yet. */
  get pendingBytes(): number {
    return this.wire.pendingBytes + this.writer.pending
  }

  flush(): void {
    this.writer.flush()
  }

  ping(body: string): void {
    this.flush()
    this.wire.ping(body)
  }

  close(code: number, reason: string): void {
    this.flush()
    this.wire.close(code, reason)
  }

  cut(): void {
    this.wire.cut()
  }

  #write(bytes: Buffer): boolean {
    if (!this.wire.open) return true
    this.bytesSent += bytes.length
    this.sentMs = this.#now()
    let kept = false
    this.wire.write(bytes, () => {
      if (kept) this.writer.recycle(bytes)
    })
    // Nothing left in the wire's queue: there is a copy of all of it elsewhere.
    kept = this.wire.pendingBytes > 0
    return !kept
  }
}

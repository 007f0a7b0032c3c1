// One connected client: its session, the writer of its frames and its socket. Control frames of the WebSocket
// library and our buffers go to the same socket, each in whole frames. What waits to be sent is bounded by
// whoever asks for `pendingBytes`.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Session } from './session.ts'
import { FrameWriter } from './writer.ts'

export class Client {
  readonly id: number
  readonly key: string
  readonly session: Session
  readonly writer: FrameWriter
  framesSent = 0
  bytesSent = 0
  answersSent = 0
  readonly #socket: Duplex
  readonly #webSocket: WebSocket

  constructor(options: {
    id: number
    key: string
    session: Session
    webSocket: WebSocket
    socket: Duplex
  }) {
    this.id = options.id
    this.key = options.key
    this.session = options.session
    this.#socket = options.socket
    this.#webSocket = options.webSocket
    this.writer = new FrameWriter((bytes) => this.#write(bytes))
  }

  get open(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN && !this.#socket.destroyed
  }

  /** Bytes that this client has not taken yet. */
  get pendingBytes(): number {
    return this.#socket.writableLength + this.writer.pending
  }

  flush(): void {
    this.writer.flush()
  }

  onDrain(listener: () => void): void {
    this.#socket.on('drain', listener)
  }

  offDrain(listener: () => void): void {
    this.#socket.off('drain', listener)
  }

  ping(): void {
    this.flush()
    this.#webSocket.ping('heartbeat')
  }

  /** Ends the connection with a close frame. */
  close(code: number, reason: string): void {
    this.flush()
    this.#webSocket.close(code, reason)
  }

  /** Ends the connection without a word: the client sees 1006. */
  cut(): void {
    this.#webSocket.terminate()
  }

  #write(bytes: Buffer): boolean {
    if (!this.open) return true
    this.bytesSent += bytes.length
    let kept = false
    this.#socket.write(bytes, () => {
      if (kept) this.writer.recycle(bytes)
    })
    // Nothing left in the socket's queue: the kernel has a copy of all of it.
    kept = this.#socket.writableLength > 0
    return !kept
  }
}

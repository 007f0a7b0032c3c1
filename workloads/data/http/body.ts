// The body of an answer on its way to a caller. A short answer is held until it is whole, so that it has a length and its end can
// stand in headers; a longer one is streamed as fast as the caller reads, and one who does not read is cut off.

import type { ServerResponse } from 'node:http'
import { constants, createGzip, type Gzip, gzipSync } from 'node:zlib'
import type { ReaderLimits } from './limits.ts'
import type { ApiContext } from './route.ts'

/** An answer up to this is held. */
const HELD_BYTES = 128 * 1024
/** Shorter texts are not worth compressing. */
const LEAST_GZIP = 1024
/** A caller that has taken nothing for so long lends its place to others. */
const LEND_MS = 100
/** A third of the time of the usual level for almost the same size. */
const GZIP = { level: 3 }

export type BodyOptions = {
  readonly gzip: boolean
  /** A write that the caller has not taken in this time ends the connection. */
  readonly limits: ReaderLimits
  /** Sets the headers that are known before the first byte leaves. */
  readonly onStart: () => void
  /** Names of headers that come behind a streamed body. */
  readonly trailers: readonly string[]
}

/** The caller is gone, or does not read: no reader is left to be told. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'
}

export class Body {
  bytes = 0
  isSlow = false
  readonly #ctx: ApiContext
  readonly #options: BodyOptions
  #held: Buffer[] = []
  #stream: ServerResponse | Gzip | undefined
  /** Rejects what is waited for now: a race with a promise for the whole answer would gather a reaction for each write. */
  #onClose: ((gone: CallerGone) => void) | undefined

  constructor(ctx: ApiContext, options: BodyOptions) {
    this.#ctx = ctx
    this.#options = options
  }

  get isStarted(): boolean {
    return this.#stream !== undefined
  }

  /** Settled once the bytes may be overwritten. */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    this.bytes += bytes.length
    if (this.#stream === undefined) {
      if (this.bytes <= HELD_BYTES) {
        this.#held.push(Buffer.from(bytes))
        return
      }
      await this.start()
    }
    await this.#send(bytes)
  }

  /** Sends what was held; from now on the status cannot be changed. */
  async start(): Promise<void> {
    const { res } = this.#ctx
    const { gzip, onStart, trailers } = this.#options
    this.#ctx.respond = false
    onStart()
    if (trailers.length > 0) res.setHeader('Trailer', trailers.join(', '))
    res.once('close', () => this.#onClose?.(new CallerGone('the caller is gone')))
    res.statusCode = this.#ctx.status
    if (gzip) {
      res.setHeader('Content-Encoding', 'gzip')
      res.removeHeader('Content-Length')
      const stream = createGzip(GZIP)
      stream.pipe(res)
      res.once('close', () => stream.destroy())
      this.#stream = stream
    } else this.#stream = res
    if (res.destroyed) throw new CallerGone('the caller is gone')
    const held = this.#held
    this.#held = []
    for (const chunk of held) await this.#send(chunk)
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const stream = this.#stream!
    const taken = new Promise<void>((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
    await this.#patiently(taken)
  }

  /** What is compressed so far leaves now: a caller sees rows as they come. */
  async flush(): Promise<void> {
    const stream = this.#stream
    if (stream === undefined || !('flush' in stream)) return
    await this.#patiently(
      new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, () => resolve()))
    )
  }

  async #patiently(taken: Promise<void>): Promise<void> {
    if (this.#ctx.res.destroyed) throw new CallerGone('the caller is gone')
    const { place } = this.#ctx.state
    let timer: NodeJS.Timeout | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        this.#onClose = reject
        const { slowReaderMs, hurriedReaderMs } = this.#options.limits
        const cut = (): void => {
          this.isSlow = true
          this.cut()
          reject(new CallerGone('the caller does not read'))
        }
        const start = performance.now()
        const hurriedMs = Math.min(slowReaderMs, hurriedReaderMs)
        // Callers that come to wait later hurry this one, too.
        const look = (): void => {
          const left = slowReaderMs - (performance.now() - start)
          if (left <= 0 || place.isWanted()) cut()
          else timer = setTimeout(look, Math.min(hurriedMs, left + 1))
        }
        const wait = (): void => {
          place.lend()
          timer = setTimeout(look, hurriedMs - Math.min(hurriedMs, LEND_MS))
        }
        timer = setTimeout(wait, Math.min(hurriedMs, LEND_MS))
        taken.then(resolve, reject)
      })
    } catch (thrown) {
      throw thrown instanceof CallerGone
        ? thrown
        : new CallerGone('the caller is gone', { cause: thrown })
    } finally {
      clearTimeout(timer)
      place.takeBack()
      this.#onClose = undefined
    }
  }

  /** Ends the answer: with headers before a short one, behind a streamed one. */
  async end(last: Readonly<Record<string, string>>): Promise<void> {
    const ctx = this.#ctx
    if (this.#stream === undefined) {
      this.#options.onStart()
      ctx.set(last)
      const whole = Buffer.concat(this.#held)
      const small = this.#options.gzip && whole.length >= LEAST_GZIP
      if (small) ctx.set('Content-Encoding', 'gzip')
      const type = ctx.response.get('Content-Type')
      ctx.body = small ? gzipSync(whole, GZIP) : whole
      if (type) ctx.set('Content-Type', type)
      return
    }
    const { res } = ctx
    const trailers = this.#options.trailers.filter((name) => last[name] !== undefined)
    res.addTrailers(Object.fromEntries(trailers.map((name) => [name, last[name]!])))
    const stream = this.#stream
    const finished = new Promise<void>((resolve) => res.once('finish', resolve))
    stream.end()
    await this.#patiently(finished)
  }

  /** Ends the connection without the end of the body, so that no client takes the answer for whole; what was sent arrives. */
  async breakOff(): Promise<void> {
    await this.flush()
    const { socket } = this.#ctx.res
    socket?.destroySoon()
  }

  cut(): void {
    this.#ctx.res.destroy()
  }
}

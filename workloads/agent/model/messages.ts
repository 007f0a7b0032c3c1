// Asks a model through the Messages API, and hands on its words as they come. What the SDK does not do is done here: it never asks again
// after a stream has begun, and it parses input of tools that was cut.

import type * as AnthropicModule from '@anthropic-ai/sdk'
import type AnthropicSdk from '@anthropic-ai/sdk'
import type { Message, MessageStreamParams } from '@anthropic-ai/sdk/resources/messages/messages'
import { SsmdError } from '#crds/errors.ts'
import { packageOnFirstUse } from '#packages/on-first-use.ts'

export type Ask = {
  readonly params: MessageStreamParams
  readonly signal: AbortSignal
  readonly onText: (text: string) => void
  readonly onThinking: (text: string) => void
  /** What came so far of this answer is void. */
  readonly onRetry: (attempt: number, why: string, waitMs: number) => void
}

export type ModelOptions = {
  readonly env: NodeJS.ProcessEnv
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1. */
  readonly random: () => number
  /** Said to a person who waits: the SDK is being installed. */
  readonly log: (line: string) => void
}

/** Of a stream that breaks; what fails before it is asked again by the SDK. */
const ATTEMPTS = 5
const SDK_RETRIES = 5
const FIRST_WAIT_MS = 500
const MOST_WAIT_MS = 8000
const RETRIED = ['overloaded_error', 'rate_limit_error', 'api_error', 'timeout_error']

type Sdk = typeof AnthropicModule

export class Model {
  readonly #options: ModelOptions
  readonly #sdk: Sdk
  readonly #client: AnthropicSdk

  private constructor(options: ModelOptions, sdk: Sdk, client: AnthropicSdk) {
    this.#options = options
    this.#sdk = sdk
    this.#client = client
  }

  /** Loads the SDK; installs it the first time. Asks nothing yet. */
  static async open(options: ModelOptions): Promise<Model> {
    const { env, log } = options
    const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseURL } = env
    const url = await packageOnFirstUse('@anthropic-ai/sdk', { log })
    const sdk = (await import(url.href)) as Sdk
    const client = new sdk.Anthropic({
      apiKey: apiKey ?? null,
      ...(baseURL ? { baseURL: baseOf(baseURL) } : {}),
      maxRetries: SDK_RETRIES,
      // Its own logger writes to standard output, which is ours.
      logLevel: 'off',
    })
    return new Model(options, sdk, client)
  }

  /** The whole answer. Throws an SsmdError, or the reason of the signal. */
  async ask(ask: Ask): Promise<Message> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(ask)
      } catch (thrown) {
        ask.signal.throwIfAborted()
        const why = this.#retryReason(thrown)
        if (why === undefined || attempt === ATTEMPTS) throw this.#error(thrown)
        const most = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1))
        const waitMs = Math.round(most * this.#options.random())
        ask.onRetry(attempt, why, waitMs)
        await this.#options.wait(waitMs, ask.signal)
      }
    }
  }

  async #once({ params, signal, onText, onThinking }: Ask): Promise<Message> {
    const stream = this.#client.messages.stream(params, { signal })
    stream.on('text', (text) => onText(text))
    stream.on('thinking', (text) => onThinking(text))
    // Without a listener a failure is an unhandled rejection as well.
    stream.on('error', () => {})
    return await stream.finalMessage()
  }

  /** A failure before the stream was asked again by the SDK already: only what broke within one is left. */
  #retryReason(thrown: unknown): string | undefined {
    const { APIError, APIConnectionError, AnthropicError } = this.#sdk
    if (thrown instanceof APIConnectionError) return undefined
    if (thrown instanceof APIError) {
      const { status, type } = thrown as { status?: number; type?: string | null }
      if (status !== undefined) return undefined
      return RETRIED.includes(type ?? '') ? String(type) : undefined
    }
    return thrown instanceof AnthropicError && isBroken(thrown.message)
      ? 'the stream broke'
      : undefined
  }

  #error(thrown: unknown): SsmdError {
    const { APIError, APIConnectionError } = this.#sdk
    if (thrown instanceof SsmdError) return thrown
    if (thrown instanceof APIConnectionError) {
      return new SsmdError(
        'SSMD_E_MODEL',
        `the Messages API at ${this.#client.baseURL} cannot be reached: ${causeOf(thrown)}`,
        {
          hint: 'check the network and ANTHROPIC_BASE_URL; commands that begin with / work without a model',
          cause: thrown,
        }
      )
    }
    if (thrown instanceof APIError) {
      const { status, message } = thrown as { status?: number; message: string }
      return new SsmdError('SSMD_E_MODEL', `the Messages API refused: ${message.slice(0, 500)}`, {
        hint: hintOf(status),
        cause: thrown,
      })
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new SsmdError('SSMD_E_MODEL', `asking the model failed: ${message.slice(0, 500)}`, {
      hint: 'say `continue` to try again; nothing of the session is lost',
      cause: thrown,
    })
  }
}

/** The SDK appends /v1 itself. */
function baseOf(text: string): string {
  const base = text.replace(/\/+$/, '')
  if (!base.endsWith('/v1')) return base
  throw new SsmdError('SSMD_E_USAGE', `ANTHROPIC_BASE_URL ends in /v1, which is added to it`, {
    hint: `write ${base.slice(0, -3)}`,
  })
}

const isBroken = (message: string): boolean =>
  /terminated|aborted|ended without|premature|socket|ECONNRESET|JSON/i.test(message)

const causeOf = ({ cause, message }: Error): string =>
  cause instanceof Error
    ? cause.cause instanceof Error
      ? cause.cause.message
      : cause.message
    : message

function hintOf(status: number | undefined): string {
  switch (status) {
    case 401:
      return 'check ANTHROPIC_API_KEY'
    case 402:
      return 'the account has no credit left'
    case 403:
      return 'the key may not use this model: choose another one with --model'
    case 404:
      return 'there is no such model: choose another one with --model'
    case 413:
      return 'the conversation is too long: /compact'
    case 429:
      return 'too many requests: wait a little'
    case 400:
      return 'this is a fault in ssmd if it was not the model that you chose: report it'
    default:
      return 'the service is overloaded or failed: try again'
  }
}

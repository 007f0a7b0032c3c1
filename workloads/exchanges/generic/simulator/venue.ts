// An exchange that a Feed describes, as the simulator sees it. It is made from the Feed: channels, words and markets are those
// that the Feed names.

import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { FORM } from '#wire/form.ts'
import type { Frame } from '../../simulation/frame.ts'
import type { HttpAnswer, HttpRequest, Recognised, Session, Venue } from '../../simulation/venue.ts'
import { DescribedFrames } from '../frames.ts'
import { DescribedClient } from './client.ts'
import { type Described, describedBy, symbolsOf } from './described.ts'
import { GeneratedMarkets } from './generated.ts'

/** Throws SSMD_E_USAGE without a Feed. */
export function venueOf(feed: Feed | null): Venue {
  if (feed === null)
    throw new SsmdError(
      'SSMD_E_USAGE',
      'exchange generic is described by a Feed, and none was given',
      {
        hint: 'ssmd simulator generic --feed exchanges/feeds/<name>.yaml',
      }
    )
  const described = describedBy(feed)
  const { data } = described
  const frames = new DescribedFrames(feed.spec.messageTypes ?? [])
  const channels = data.map(({ channel }) => channel)
  const byName = new Map(data.map((one) => [one.type.name, one]))

  const recognise = (frame: Frame): Recognised => {
    const { bytes, start, end } = frame
    frames.look(bytes.subarray(start, end))
    const { type, symbol, form } = frames.frame
    const one = byName.get(type.name)
    if (one === undefined || !type.data) return form === FORM.json ? 'unplayed' : 'odd'
    frame.channel = one.channel
    frame.market = symbol
    // A recorded number stays what it is: it is proof of what was recorded.
    frame.provable = one.type.sequence !== undefined
    return 'frame'
  }

  return {
    name: 'generic',
    channels,
    ping: null,
    faults: {},
    generate({ seed, markets, startMs }) {
      const generated = new GeneratedMarkets(described, {
        seed,
        startMs,
        symbols: symbolsOf(described, markets),
      })
      return {
        ...open(described, {
          has: (symbol) => generated.has(symbol),
          symbols: () => generated.symbols,
        }),
        get nowMs() {
          return generated.nowMs
        },
        advance: (toMs, count, deliver) => generated.advance(toMs, count, deliver),
      }
    },
    async replay({ recorded }) {
      const symbols = () => recorded.markets.keys()
      return {
        ...open(described, { has: (symbol) => recorded.markets.has(symbol), symbols }),
        play() {},
        ended() {},
      }
    },
    recognise,
  }
}

function open(
  described: Described,
  markets: { readonly has: (symbol: string) => boolean; readonly symbols: () => Iterable<string> }
) {
  const { versions, symbols } = described.feed.spec
  const paths = new Set(versions.map(({ endpoint }) => new URL(endpoint).pathname))
  const { path = '', list = '', name = '' } = symbols?.discover ?? {}
  const question = path === '' ? null : new URL(path, 'http://exchange').pathname
  const missing = (expected: string): HttpAnswer => ({
    status: 404,
    body: {},
    refused: { expected },
  })
  return {
    knows: (asked: string) => paths.has(asked) || isQuestion(asked, question),
    connect(request: HttpRequest): Session | HttpAnswer {
      if (!paths.has(request.path)) return missing([...paths].join(' or '))
      return new DescribedClient({ described, ...markets })
    },
    answer(request: HttpRequest): HttpAnswer {
      if (!isQuestion(request.path, question)) return missing(question ?? 'no question')
      const entries = [...markets.symbols()].map((symbol) => nested(name, symbol))
      return { status: 200, body: nested(list, entries) }
    },
    refusal: (fault: 'unauthorized' | 'tooManyRequests'): HttpAnswer =>
      fault === 'tooManyRequests'
        ? { status: 429, body: { error: 'too many requests' } }
        : { status: 401, body: { error: 'unauthorized' } },
  }
}

/** The base address of REST may have a path of its own. */
const isQuestion = (asked: string, question: string | null): boolean =>
  question !== null && asked.endsWith(question)

/** A value at a path of names. */
function nested(path: string, value: unknown): unknown {
  if (path === '') return value
  return path.split('.').reduceRight((inner: unknown, name) => ({ [name]: inner }), value)
}

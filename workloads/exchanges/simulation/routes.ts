// The routes of one client, found by channel and market: what most sessions need of `Session`.

import type { Channel } from './frame.ts'
import type { Route, ShownSubscription } from './venue.ts'

const NONE: readonly never[] = []

export class RouteTable<R extends Route = Route> {
  /** By index of the channel, then by market. */
  readonly #table: Map<string, R[]>[]
  readonly #channels: readonly Channel[]
  /** In how many places each route stands. */
  readonly #uses = new Map<R, number>()
  #changes = 0

  constructor(channels: readonly Channel[]) {
    this.#channels = channels
    this.#table = channels.map(() => new Map())
  }

  /** Counts every change. */
  get changes(): number {
    return this.#changes
  }

  get isEmpty(): boolean {
    return this.#uses.size === 0
  }

  /** The market is the empty text for frames that belong to none. */
  add(channel: Channel, market: string, route: R): void {
    const markets = this.#table[channel.index] as Map<string, R[]>
    markets.set(market, [...(markets.get(market) ?? []), route])
    this.#uses.set(route, (this.#uses.get(route) ?? 0) + 1)
    this.#changes++
  }

  /** Takes away what goes to this channel and market; false: there was nothing. */
  remove(channel: Channel, market: string): boolean {
    const markets = this.#table[channel.index] as Map<string, R[]>
    const routes = markets.get(market)
    if (routes === undefined) return false
    markets.delete(market)
    for (const route of routes) {
      const uses = (this.#uses.get(route) as number) - 1
      if (uses === 0) this.#uses.delete(route)
      else this.#uses.set(route, uses)
    }
    this.#changes++
    return true
  }

  clear(): void {
    for (const markets of this.#table) markets.clear()
    this.#uses.clear()
    this.#changes++
  }

  matching(channel: Channel, market: string): readonly R[] {
    return this.#table[channel.index]?.get(market) ?? NONE
  }

  /** Markets of a channel that are subscribed to. */
  markets(channel: Channel): Iterable<string> {
    return (this.#table[channel.index] as Map<string, R[]>).keys()
  }

  has(route: Route): boolean {
    return this.#uses.has(route as R)
  }

  listensTo(name: string): boolean {
    return this.#channels.some(
      (channel) => channel.name === name && (this.#table[channel.index]?.size ?? 0) > 0
    )
  }

  shown(): ShownSubscription[] {
    return this.#channels.flatMap((channel) => {
      const markets = this.#table[channel.index]?.size ?? 0
      return markets === 0 ? [] : [{ channel: channel.name, markets }]
    })
  }
}

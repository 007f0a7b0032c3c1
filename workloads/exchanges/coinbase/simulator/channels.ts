// The channels of the simulated Coinbase: under one name they are subscribed to, under another their frames come.

import type { Channel } from '../../simulation/frame.ts'

export const LEVEL2: Channel = { name: 'level2', index: 0 }
export const MARKET_TRADES: Channel = { name: 'market_trades', index: 1 }
export const TICKER: Channel = { name: 'ticker', index: 2 }
export const STATUS: Channel = { name: 'status', index: 3 }
export const HEARTBEATS: Channel = { name: 'heartbeats', index: 4 }
export const CHANNELS: readonly Channel[] = [LEVEL2, MARKET_TRADES, TICKER, STATUS, HEARTBEATS]

/** The channel of this name, or undefined. */
export const channelNamed = (name: unknown): Channel | undefined =>
  CHANNELS.find((channel) => channel.name === name)

/** What its frames say. */
export const wireName = (channel: Channel): string =>
  channel === LEVEL2 ? 'l2_data' : channel.name

const ON_WIRE = new Map(CHANNELS.map((channel) => [wireName(channel), channel]))

/** The channel that sends frames of this name. */
export const channelOnWire = (name: string): Channel | undefined => ON_WIRE.get(name)

// The envelope of every frame that the simulated Coinbase sends: channel, time and number around a list of events.

import type { Channel } from '../../simulation/frame.ts'
import { wireName } from './channels.ts'

/** `2026-08-24T22:34:13.813164Z`, from microseconds. */
export function timeText(us: number): string {
  const ms = Math.floor(us / 1000)
  return `${new Date(ms).toISOString().slice(0, -1)}${String(us - ms * 1000).padStart(3, '0')}Z`
}

/** What stands before the number of a frame, and behind it. */
export type Envelope = { readonly head: string; readonly tail: string }

/** `us`: when it is sent. The time has nanoseconds. */
export function envelope(name: string, us: number, events: string): Envelope {
  const nanos = String((us * 7) % 1000).padStart(3, '0')
  const time = `${timeText(us).slice(0, -1)}${nanos}Z`
  return {
    head: `{"channel":"${name}","timestamp":"${time}","sequence_num":`,
    tail: `,"events":[${events}]}`,
  }
}

export const envelopeOf = (channel: Channel, us: number, event: string): Envelope =>
  envelope(wireName(channel), us, event)

// Faults that befall single frames: one function each, which decides how a frame reaches one subscription.
// A new one is one more function and its name in `faults.ts`.
import { copyFrame, type Frame } from './frame.ts'
import type { Subscription } from './subscription.ts'

/** How a fault sends: `send` numbers and sends as usual, `sendAs` uses a number that was taken before. */
export type Delivery = {
  readonly subscription: Subscription
  readonly frame: Frame
  send(frame: Frame): void
  sendAs(frame: Frame, sequence: number): void
  /** Sends the frame right behind the next one of this subscription. */
  hold(frame: Frame, sequence: number): void
}

export type FrameFault = (delivery: Delivery) => void

export const FRAME_FAULTS = {
  /** The number is used up and its frame never sent: a gap that the client can see. */
  skip: ({ subscription }) => {
    subscription.nextSequence()
  },
  /** The same frame twice, number and all. */
  duplicate: ({ subscription, frame, sendAs }) => {
    const sequence = subscription.nextSequence()
    sendAs(frame, sequence)
    sendAs(frame, sequence)
  },
  /** Changes places with the frame behind it; the numbers stay with their frames. */
  reorder: ({ subscription, frame, hold }) => hold(copyFrame(frame), subscription.nextSequence()),
  /** Carries a key that nobody has heard of. */
  drift: ({ frame, send }) => {
    const drifted = copyFrame(frame)
    // White space may stand behind the closing brace.
    const head = drifted.bytes.subarray(0, drifted.bytes.lastIndexOf('}'))
    drifted.bytes = Buffer.concat([head, Buffer.from(',"ssmd_drift":{"new":true}}')])
    drifted.end = drifted.bytes.length
    send(drifted)
  },
} satisfies Readonly<Record<string, FrameFault>>

export type FrameFaultKind = keyof typeof FRAME_FAULTS

export const isFrameFault = (kind: string): kind is FrameFaultKind => kind in FRAME_FAULTS

// The faults that every exchange may have on single frames: one value each, which decides how a frame reaches one route.
// An exchange adds its own, or puts its own instead of one of these (`Venue.faults`).
import { copyFrame } from '#exchanges/simulation/frame.ts'
import type { VenueFault } from '#exchanges/simulation/venue.ts'

export const FRAME_FAULTS = {
  /** The number is used up and its frame never sent: a gap that the client can see. */
  skip: {
    on: 'frame',
    act: ({ route, frame }) => {
      if (frame.seqAt >= 0) route.nextSequence()
    },
  },
  /** The same frame twice, number and all. */
  duplicate: {
    on: 'frame',
    act: ({ route, frame, sendAs }) => {
      const sequence = frame.seqAt < 0 ? 0 : route.nextSequence()
      sendAs(frame, sequence)
      sendAs(frame, sequence)
    },
  },
  /** Changes places with the frame behind it; the numbers stay with their frames. */
  reorder: {
    on: 'frame',
    act: ({ route, frame, hold }) =>
      hold(copyFrame(frame), frame.seqAt < 0 ? 0 : route.nextSequence()),
  },
  /** Carries a key that does not exist. */
  drift: {
    on: 'frame',
    fits: () => true,
    act: ({ frame, send }) => {
      const drifted = copyFrame(frame)
      // White space may stand behind the closing brace.
      const end = drifted.bytes.lastIndexOf('}', drifted.bodyEnd - 1)
      const added = Buffer.from(',"ssmd_drift":{"new":true}')
      const { bytes } = drifted
      drifted.bytes = Buffer.concat([bytes.subarray(0, end), added, bytes.subarray(end)])
      drifted.end += added.length
      drifted.bodyEnd += added.length
      send(drifted)
    },
  },
} satisfies Readonly<Record<string, VenueFault>>

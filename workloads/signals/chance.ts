// Numbers between 0 and 1 for `ctx.rng`: they follow from the signal and the instrument alone, so that each run has the same ones.

export const seedOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

export const nextState = (state: number): number => (state + 0x6d2b79f5) >>> 0

/** Mulberry32: 32 bits of state, which must be the next one each time. */
export function chanceOf(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

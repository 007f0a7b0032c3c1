// Which fields frames have, and what stands in them. Pure; bounded, whatever the frames are.

export type Field = {
  /** Its place: `msg.price`; of the members of a list `bids[]`; empty for the frame itself. */
  readonly field: string
  readonly kinds: readonly string[]
  /** Frames that have it. */
  readonly frames: number
  readonly example: string | null
}

type Found = { readonly kinds: Set<string>; frames: number; last: number; example: string | null }

const MOST_FIELDS = 500
const MOST_DEPTH = 8
/** Members of a list that are looked at. */
const MOST_MEMBERS = 10
const EXAMPLE = 80

export class FieldSurvey {
  frames = 0
  readonly #fields = new Map<string, Found>()

  add(frame: Uint8Array): void {
    this.frames++
    const text = Buffer.from(frame).toString('utf8')
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      value = text
    }
    this.#look('', value, 0)
  }

  fields(): Field[] {
    return [...this.#fields].map(([field, { kinds, frames, example }]) => ({
      field,
      kinds: [...kinds].sort(),
      frames,
      example,
    }))
  }

  #look(place: string, value: unknown, depth: number): void {
    // The frame itself is an object as a rule: its fields say so.
    const isRoot = place === '' && typeof value === 'object' && value !== null
    if (!isRoot) this.#find(place, value)
    if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return
    if (Array.isArray(value)) {
      for (const one of value.slice(0, MOST_MEMBERS)) this.#look(`${place}[]`, one, depth + 1)
      return
    }
    for (const [name, one] of Object.entries(value)) {
      this.#look(place === '' ? name : `${place}.${name}`, one, depth + 1)
    }
  }

  #find(place: string, value: unknown): void {
    let found = this.#fields.get(place)
    if (found === undefined) {
      if (this.#fields.size >= MOST_FIELDS) return
      found = { kinds: new Set(), frames: 0, last: 0, example: null }
      this.#fields.set(place, found)
    }
    found.kinds.add(kindOf(value))
    // Members of a list may have it several times.
    if (found.last !== this.frames) found.frames++
    found.last = this.frames
    if (found.example === null && value !== null && typeof value !== 'object') {
      found.example = String(value).slice(0, EXAMPLE)
    }
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'number'
    case 'boolean':
      return 'flag'
    default:
      return 'object'
  }
}

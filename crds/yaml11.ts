// How kubectl and Argo CD read a plain scalar: as YAML 1.1, by the rules of go-yaml v2 (resolve.go), which differ from
// those of YAML 1.2 here and from those of other YAML 1.1 parsers elsewhere. A differential test holds this to kubectl.

export type Plain = string | number | boolean | null

const WORDS: ReadonlyMap<string, Plain> = new Map<string, Plain>([
  ...cased('y', 'yes', 'true', 'on').map((word) => [word, true] as const),
  ...cased('n', 'no', 'false', 'off').map((word) => [word, false] as const),
  ...['', '~', ...cased('null')].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
  ...cased('.inf').flatMap((word) => [
    [word, Number.POSITIVE_INFINITY] as const,
    [`+${word}`, Number.POSITIVE_INFINITY] as const,
    [`-${word}`, Number.NEGATIVE_INFINITY] as const,
  ]),
])

/** `no`, `No` and `NO`; of `.inf` the letter behind the dot is the first. */
function cased(...words: string[]): string[] {
  return words.flatMap((word) => {
    const first = word.startsWith('.') ? 2 : 1
    const capital = word.slice(0, first).toUpperCase() + word.slice(first)
    return [...new Set([word, capital, word.toUpperCase()])]
  })
}

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/
const FLOAT = /^[-+]?(?:[.][0-9]+|[0-9]+(?:[.][0-9]*)?)(?:[eE][-+]?[0-9]+)?$/

/** The value of a plain scalar in kubectl. */
export function readPlain(text: string): Plain {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  if (text.startsWith('.')) {
    // Go itself takes an underscore between two digits.
    const number = /__|_(?![0-9])|(?<![0-9])_/.test(text) ? text : text.replaceAll('_', '')
    return FLOAT.test(number) ? floatOf(number, text) : text
  }
  if (!/^[-+0-9]/.test(text)) return text
  const digits = text.replaceAll('_', '')
  if (INTEGER.test(digits)) {
    const integer = integerOf(digits)
    if (integer !== undefined) return integer
  }
  return FLOAT.test(digits) ? floatOf(digits, text) : text
}

/** A whole number that 64 bits hold; Go reads 017 as octal. */
function integerOf(digits: string): number | undefined {
  const isNegative = digits.startsWith('-')
  const unsigned = digits.replace(/^[-+]/, '')
  const value = BigInt(/^0[0-7]/.test(unsigned) ? `0o${unsigned.slice(1)}` : unsigned)
  const most = isNegative ? 2n ** 63n : unsigned === digits ? 2n ** 64n - 1n : 2n ** 63n - 1n
  if (value > most) return undefined
  return isNegative ? -Number(value) : Number(value)
}

/** Go takes a number that is too large for a text. */
function floatOf(digits: string, text: string): number | string {
  const value = Number(digits)
  return Number.isFinite(value) ? value : text
}

// Longer texts are neither, and a pattern that repeats a group needs stack for each repetition.
const MOST = 64
const DATE = /^\d{4}-\d{1,2}-\d{1,2}$/
const TIME =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|[ \t]+)\d{1,2}:\d{1,2}:\d{1,2}(?:[.]\d*)?(?:[ \t]*(?:Z|[-+]\d{1,2}(?::?\d{2})?))?$/
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:[.][0-9_]*)?$/

const isTimestamp = (text: string): boolean =>
  text.length <= MOST && (DATE.test(text) || TIME.test(text))

/** What other YAML 1.1 parsers take a plain scalar for that is a text to kubectl and to us. */
export function otherReading(text: string): string | undefined {
  // Almost every text begins otherwise.
  if (!'0123456789+-='.includes(text.charAt(0))) return undefined
  if (isTimestamp(text)) return 'a time'
  if (text.length <= MOST && SEXAGESIMAL.test(text)) return 'a number to the base 60'
  return text === '=' ? 'the default value' : undefined
}

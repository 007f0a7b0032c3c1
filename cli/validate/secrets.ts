// Secrets that stand in files of the repository: known forms by their marks, others by how random they look. Pure. What is found is never
// shown: a problem names the rule and the place.

import type { Problem } from '#crds/problems.ts'

/** A known form; `accept` tells texts of this form that are none. */
type Form = { readonly rule: string; readonly what: string; readonly pattern: RegExp }

const FORMS: readonly Form[] = [
  { rule: 'private-key', what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/g },
  {
    rule: 'nats-seed',
    what: 'a seed of NATS',
    pattern: /-----BEGIN USER NKEY SEED-----|\bS[UAOCNX][A-Z2-7]{56}\b/g,
  },
  { rule: 'aws-key', what: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  {
    rule: 'github-token',
    what: 'a token of GitHub',
    pattern: /\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/g,
  },
  {
    rule: 'gitlab-token',
    what: 'a token of GitLab',
    pattern: /\bglpat-[A-Za-z0-9_-]{20,}/g,
  },
  {
    rule: 'slack',
    what: 'a token or webhook of Slack',
    pattern:
      /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/(?:services|workflows)\/[A-Z0-9]+\/\S+/g,
  },
  { rule: 'google-key', what: 'a key of Google', pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { rule: 'stripe-key', what: 'a key of Stripe', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}/g },
  { rule: 'model-key', what: 'a key of a model API', pattern: /\bsk-[A-Za-z0-9_-]{32,}/g },
  {
    rule: 'jwt',
    what: 'a signed token',
    pattern: /\beyJ[A-Za-z0-9_-]{8,999}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,}/g,
  },
  {
    rule: 'url-password',
    what: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"']{0,200}:(?!\$)[^\s/@"']{1,500}@/gi,
  },
  {
    rule: 'url-token',
    what: 'a key in an address',
    pattern:
      /[?&](?:api_?key|access_?token|auth|key|password|secret|signature|token)=(?!\$|\{)[^\s&#"']{8,}/gi,
  },
  {
    rule: 'named-secret',
    what: 'the value of a secret',
    // A value of upper case is the name of a variable, a short or plain word that of a Secret.
    pattern:
      /(?<=[\w.-](?:[aA]pi_?[kK]ey|[pP]ass(?:word|phrase)|[pP]rivate_?[kK]ey|[sS]ecret|[tT]oken)["']?[ \t]*:[ \t]*["']?|^[ \t-]*["']?(?:api_?[kK]ey|pass(?:word|phrase)|private_?[kK]ey|secret|token)["']?[ \t]*:[ \t]*["']?)(?=[^\s"'#]*[a-z])(?=[^\s"'#]*[0-9])[A-Za-z0-9+/_=.-]{20,}(?=["']?[ \t]*$)/gm,
  },
]

/** Random texts: long, of one alphabet, and with more different characters than words have. */
const RANDOM = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{32,}={0,2}(?![A-Za-z0-9+/_=-])/g

const HINT =
  'change the secret, because git keeps it forever; then name a Kubernetes Secret or a variable instead'

/** Every secret of a text, the first of each line. */
export function secretsIn(text: string, file: string): Problem[] {
  const found = new Map<number, Problem>()
  const tell = (rule: string, what: string, index: number) => {
    const { line, column } = placeOf(text, index)
    if (found.has(line)) return
    found.set(line, {
      ...{ code: 'SSMD_E_SECRET', file, line, column, kind: '', name: '', field: '' },
      message: `found what looks like ${what} (rule ${rule})`,
      hint: HINT,
    })
  }
  for (const { rule, what, pattern } of FORMS)
    for (const match of text.matchAll(pattern)) tell(rule, what, match.index)
  for (const match of text.matchAll(RANDOM)) {
    const [word] = match
    if (isRandom(word) && !isDigest(text, match.index, word))
      tell('random-text', 'a key: a long text without pattern', match.index)
  }
  const secret = literalSecret(text)
  if (secret !== undefined) tell('secret-resource', 'the content of a Secret', secret)
  return [...found.values()].sort((a, b) => a.line - b.line)
}

/**
 * Where values of a Secret stand in clear, or in base64, which is the same; undefined if there are none. Values that SOPS has encrypted have
 * its mark in the document.
 */
function literalSecret(text: string): number | undefined {
  let start = 0
  for (const document of text.split(/^---/m)) {
    const isLiteral = /^kind:\s*["']?Secret["']?\s*$/m.test(document) && !/^sops:/m.test(document)
    const data = isLiteral ? /^(?:data|stringData):/m.exec(document) : null
    if (data) {
      const [first = '', ...lines] = document.slice(data.index + data[0].length).split('\n')
      const next = lines.find((line) => !/^\s*(?:#|$)/.test(line)) ?? ''
      const isEmpty = /^\s*(?:#.*|\{\s*\}.*)?$/.test(first) && !/^\s/.test(next)
      if (!isEmpty) return start + data.index
    }
    start += document.length + 3
  }
  return undefined
}

/** Bits a character: words of a language and of a program have less. */
function isRandom(word: string): boolean {
  const isHex = /^[0-9a-f]+$/i.test(word)
  if (isHex) return entropyOf(word) > 3 && /[0-9]/.test(word) && /[a-f]/i.test(word)
  // Words joined by dashes, paths and names in code have no digits among both cases.
  return /[0-9]/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && entropyOf(word) > 4.2
}

function entropyOf(word: string): number {
  const counts = new Map<string, number>()
  for (const char of word) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / word.length) * Math.log2(count / word.length)
  return bits
}

/** What is meant to be seen: a hash of a file, image or commit says what it is. */
const isDigest = (text: string, index: number, word: string): boolean =>
  /(?:sha(?:1|256|384|512)[:-]|\b(?:commit|digest|hash|ref|revision|checksum|sha\d*)["']?\s*[:=]\s*["']?|@)$/i.test(
    text.slice(Math.max(0, index - 24), index)
  ) && /^[0-9a-f]+$/i.test(word)

function placeOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: index - start + 1 }
}

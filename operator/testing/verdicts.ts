// What a real API server thinks of one of our resources, in the words of crds/validate.ts: taken with its defaults, or
// refused at certain fields. Nothing is stored: every question is a dry run with strict field validation.

import { isDeepStrictEqual } from 'node:util'
import type { Finding } from '#crds/expectations.ts'
import type { Kind } from '#crds/kinds.ts'
import { formatPath, valueAt } from '#crds/paths.ts'
import { RULES } from '#crds/rules.gen.ts'
import { judge } from '#crds/validate.ts'
import type { Client } from '../kube/client.ts'
import { ApiError } from '../kube/errors.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'

const resource = (plural: string, kind: Kind): Resource => ({
  group: 'ssmd.io',
  version: 'v1alpha1',
  plural,
  kind,
  namespaced: true,
})

export const RESOURCES: Readonly<Record<Kind, Resource>> = {
  Feed: resource('feeds', 'Feed'),
  Environment: resource('environments', 'Environment'),
  Archive: resource('archives', 'Archive'),
  Signal: resource('signals', 'Signal'),
}

export type Verdict =
  | { readonly taken: KubeObject }
  | {
      readonly taken: undefined
      /** What breaks the schema, and what breaks a rule or stands twice; each field once. */
      readonly fields: readonly string[]
      readonly rules: readonly string[]
      /** It stopped before it had judged every field. */
      readonly isPartial: boolean
      readonly message: string
    }

export async function askApiServer(
  client: Client,
  kind: Kind,
  written: unknown,
  change = false
): Promise<Verdict> {
  const { plural } = RESOURCES[kind]
  const { metadata } = written as KubeObject
  try {
    const answer = await client.transport.request({
      method: change ? 'PUT' : 'POST',
      path: `/apis/ssmd.io/v1alpha1/namespaces/default/${plural}${change ? `/${metadata.name}` : ''}`,
      query: { dryRun: 'All', fieldValidation: 'Strict' },
      body: written,
    })
    return { taken: answer.body as KubeObject }
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || (thrown.status !== 422 && thrown.status !== 400))
      throw thrown
    return refusalOf(thrown)
  }
}

function refusalOf(error: ApiError): Verdict {
  const unknown = [...error.message.matchAll(/unknown field "((?:[^"\\]|\\.)*)"/g)]
  const causes = error.details?.causes ?? []
  const findings = causes.filter(({ message = '' }) => !isAside(message))
  const isRule = ({
    reason,
    message = '',
  }: {
    readonly reason?: string
    readonly message?: string
  }) => reason === 'FieldValueDuplicate' || RULES.some((rule) => message.includes(rule.message))
  const unique = (fields: readonly (string | undefined)[]) =>
    [...new Set(fields.map((field = '') => inOurWords(field)))].sort()
  return {
    taken: undefined,
    fields: unique([
      ...unknown.map((match) => match[1]),
      ...findings.filter((cause) => !isRule(cause)).map(({ field }) => field),
    ]),
    rules: unique(findings.filter(isRule).map(({ field }) => field)),
    isPartial: unknown.length > 0 || causes.some(({ message = '' }) => isStopped(message)),
    message: error.message,
  }
}

/** Where a list has an entry twice it does not look at the types inside, and a rule then meets what it cannot judge. */
const isStopped = (message: string): boolean => message.includes('invalid data, expected')

/** Not a finding of its own: that it did not look further, and the same finding once more without its field. */
const isAside = (message: string): boolean =>
  isStopped(message) ||
  message.includes('some validation rules were not checked') ||
  message.includes('Checked value must be of type')

/** An entry of a map is `a[b]` to the API server, `a.b` to us. */
const inOurWords = (field: string): string =>
  field.replaceAll(/\[([A-Za-z_][\w-]*)\]/g, '.$1').replace(/^<nil>$/, '')

/** In what the two judges differ, or undefined. Both must say all they see, but the API server may stop early. */
export function difference(kind: Kind, written: unknown, verdict: Verdict): string | undefined {
  const { findings } = judge(kind, withoutNulls(written))
  const said = verdict.taken ? 'taken' : verdict.message
  if (verdict.taken !== undefined) {
    return findings.length === 0 ? undefined : `we refuse ${fieldsOf(findings)}, it takes it`
  }
  if (findings.length === 0) return `we take it, it says ${said}`
  const isRule = ({ message, hint }: Finding) =>
    message.startsWith('expected each ') ||
    RULES.some((rule) => rule.message === message || rule.message === `${message}: ${hint}`)
  const broken = findings.filter((finding) => !isRule(finding))
  const schema = fieldsOf(broken.filter((one) => !isUnseen(written, one, verdict.fields)))
  const rules = fieldsOf(findings.filter(isRule))
  // Of a field that does not exist it speaks even where it has no value.
  const all = [...broken, ...judge(kind, written).findings]
  // Where the schema is broken we ask no rules; the API server asks some of them.
  const isSame = verdict.isPartial
    ? verdict.fields.every((field) => fieldsOf(all).some((ours) => isAtOrBelow(field, ours)))
    : isDeepStrictEqual(schema, verdict.fields) &&
      (schema.length > 0 || isDeepStrictEqual(rules, verdict.rules))
  return isSame ? undefined : `we refuse ${[...schema, ...rules]}, it says ${said}`
}

/** As the API server reads it: a field without a value is not there. We refuse it, and say what to do. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, withoutNulls(member)])
  )
}

/** A list in place of a day: the API server's schema lets it pass, and a rule refuses it if one looks at it. */
const isUnseen = (written: unknown, { path }: Finding, theirs: readonly string[]): boolean =>
  /^effective(From|To)$/.test(String(path.at(-1))) &&
  Array.isArray(valueAt(written, path)) &&
  !theirs.includes(formatPath(path))

/** A map in place of a value: we name the place, the API server each field in it as unknown. */
const isAtOrBelow = (field: string, place: string): boolean =>
  field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`)

const fieldsOf = (findings: readonly Finding[]): string[] =>
  [...new Set(findings.map(({ path }) => formatPath(path)))].sort()

// Stored objects as typed resources, or their problems, with the rules of `ssmd validate`. Each object is judged once: stored
// objects are immutable, a new version is a new object.

import { canonical } from '#crds/canonical.ts'
import type { Kind, ResourceOf } from '#crds/kinds.ts'
import type { Located, Resources } from '#crds/located.ts'
import { formatPath } from '#crds/paths.ts'
import type { Problem } from '#crds/problems.ts'
import { judge } from '#crds/validate.ts'
import type { KubeObject } from '../kube/objects.ts'

export type Verdict<K extends Kind> =
  | { readonly resource: ResourceOf[K]; readonly problem: undefined }
  | { readonly resource: undefined; readonly problem: string }

export class Judged {
  readonly #verdicts = new WeakMap<KubeObject, Verdict<Kind>>()

  of<K extends Kind>(kind: K, object: KubeObject): Verdict<K> {
    const known = this.#verdicts.get(object)
    if (known) return known as Verdict<K>
    const verdict = judgeObject(kind, object)
    this.#verdicts.set(object, verdict)
    return verdict
  }

  /** The valid ones. */
  all<K extends Kind>(kind: K, objects: Iterable<KubeObject>): ResourceOf[K][] {
    const resources: ResourceOf[K][] = []
    for (const object of objects) {
      const { resource } = this.of(kind, object)
      if (resource) resources.push(resource)
    }
    return resources
  }
}

/** An invalid stored object, as the policies see it: it exists, and its own status shows its problems. */
export const brokenAmong = (
  judged: Judged,
  kind: Kind,
  objects: Iterable<KubeObject>
): readonly Problem[] =>
  [...objects].flatMap((object) => {
    const { problem } = judged.of(kind, object)
    if (problem === undefined) return []
    const code = 'SSMD_E_RESOURCE_INVALID' as const
    const { name } = object.metadata
    return { code, file: '', line: 1, column: 1, kind, name, field: '', message: problem, hint: '' }
  })

/** Only spec and name are judged, not the status or fields of other writers. */
function judgeObject<K extends Kind>(kind: K, object: KubeObject): Verdict<K> {
  const { name, namespace } = object.metadata
  const metadata = namespace === undefined ? { name } : { name, namespace }
  const written = { apiVersion: object.apiVersion, kind, metadata, spec: object.spec }
  const { resource, findings } = judge(kind, written)
  if (resource) {
    // Usually the API server has filled in the defaults already; then keep the same spec object.
    const isSame = canonical(resource.spec) === canonical(object.spec)
    return { resource: isSame ? { ...resource, spec: object.spec } : resource, problem: undefined }
  }
  const [first] = findings
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''
  const field = first ? shortened(formatPath(first.path)) : ''
  const hint = first?.hint ? `; ${shortened(first.hint)}` : ''
  return {
    resource: undefined,
    problem: `${field}: ${shortened(first?.message ?? 'not valid')}${hint}${more}`,
  }
}

/** Shortens an invalid value, which may be a megabyte long, but not the hint at the end. */
const shortened = (text: string): string => (text.length > 1000 ? `${text.slice(0, 999)}…` : text)

/** A resource of the API server for the policies, which expect a file name. */
export const located = <T>(resource: T): Located<T> => ({
  resource,
  file: '',
  line: 1,
  fieldAt: () => ({ line: 1, column: 1 }),
})

export const locatedAll = (of: {
  readonly feeds?: readonly ResourceOf['Feed'][]
  readonly environments?: readonly ResourceOf['Environment'][]
  readonly archives?: readonly ResourceOf['Archive'][]
  readonly signals?: readonly ResourceOf['Signal'][]
  readonly problems?: readonly Problem[]
}): Resources => ({
  feeds: (of.feeds ?? []).map(located),
  environments: (of.environments ?? []).map(located),
  archives: (of.archives ?? []).map(located),
  signals: (of.signals ?? []).map(located),
  problems: [...(of.problems ?? [])],
  notes: [],
})

/** The message of a condition for broken rules: the first, and the number of others. */
export function describeProblems(problems: readonly Problem[]): string {
  const [first] = problems
  if (!first) return ''
  const hint = first.hint === '' ? '' : `; ${shortened(first.hint)}`
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `${shortened(first.field)}: ${shortened(first.message)}${hint}${more}`
}

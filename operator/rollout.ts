// Why a pod would be replaced: by comparing two pod templates, cause by cause. Where nothing differs, nothing
// restarts; where something differs that no cause names, that is said too.
import { canonicalJson } from './hash.ts'
import type { PodTemplate } from './objects.ts'
import { ANNOTATIONS } from './pod.ts'

/** The causes for which `next` replaces `previous`; empty where it does not. */
export function rolloutCauses(previous: PodTemplate, next: PodTemplate): string[] {
  if (canonicalJson(previous) === canonicalJson(next)) return []
  const causes: string[] = []
  const before = previous.metadata.annotations
  const after = next.metadata.annotations
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  for (const name of [...names].sort()) if (before[name] !== after[name]) causes.push(causeOf(name))
  const image = (template: PodTemplate) => template.spec.containers[0].image
  if (image(previous) !== image(next)) causes.push('image')
  return causes.length > 0 ? causes : ['template']
}

function causeOf(annotation: string): string {
  if (annotation === ANNOTATIONS.config) return 'config'
  if (annotation === ANNOTATIONS.resources) return 'resources'
  if (annotation === ANNOTATIONS.revision) return 'template revision'
  if (annotation.startsWith(ANNOTATIONS.secret))
    return `secret ${annotation.slice(ANNOTATIONS.secret.length)}`
  return annotation
}

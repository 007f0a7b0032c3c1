// What a kustomization makes of its resources, for the fields that repositories of feeds use. Pure. A field that is not known here makes it
// `Foreign`: then the real program has to render.

import { type Fields, isMap, merged, type Operation, patched } from './patch.ts'

/** A kustomization that only the real program can render; the message names the field. */
export class Foreign extends Error {}

export type Patch = {
  /** A list is RFC 6902, a map is merged. */
  readonly body: unknown
  readonly target?: Fields
}

/** Fields that change nothing in our kinds. */
const ASIDE = [
  'apiVersion',
  'kind',
  'metadata',
  'buildMetadata',
  'configMapGenerator',
  'generatorOptions',
  'images',
  'replicas',
  'secretGenerator',
  'sortOptions',
]
const KNOWN = [
  ...ASIDE,
  'bases',
  'commonAnnotations',
  'commonLabels',
  'labels',
  'namePrefix',
  'nameSuffix',
  'namespace',
  'patches',
  'patchesJson6902',
  'patchesStrategicMerge',
  'resources',
]

/** Throws Foreign. */
export function checkKnown(kustomization: Fields): void {
  const foreign = Object.keys(kustomization).find((name) => !KNOWN.includes(name))
  if (foreign !== undefined) throw new Foreign(foreign)
}

/** Patches first, then names, labels and annotations, as kustomize does. Throws Foreign, or an Error that says what does not fit. */
export function transformed(
  kustomization: Fields,
  resources: readonly Fields[],
  patches: readonly Patch[]
): Fields[] {
  const after = patches.reduce((values, patch) => applied(values, patch), [...resources])
  return after.map((value) => withNames(kustomization, value))
}

function applied(resources: readonly Fields[], { body, target }: Patch): Fields[] {
  if (Array.isArray(body)) {
    if (target === undefined) throw new Error('a patch of operations has no target')
    return resources.map((value) =>
      isTarget(value, target) ? (patched(value, body as readonly Operation[]) as Fields) : value
    )
  }
  if (!isMap(body)) throw new Error('a patch is neither a list of operations nor a resource')
  if (JSON.stringify(body).includes('"$')) throw new Foreign('patches with $patch')
  const own = {
    kind: body.kind,
    name: isMap(body.metadata) ? body.metadata.name : undefined,
  }
  let count = 0
  const values = resources.map((value) => {
    const isMeant =
      target === undefined
        ? value.kind === own.kind && metadataOf(value).name === own.name
        : isTarget(value, target)
    if (!isMeant) return value
    count++
    const { apiVersion: _version, kind: _kind, metadata, ...rest } = body
    // With a target the patch's own name means nothing.
    const { name: _name, ...others } = isMap(metadata) ? metadata : {}
    return merged(value, { ...rest, metadata: others }) as Fields
  })
  if (count === 0 && target === undefined)
    throw new Error(`a patch is for ${String(own.kind)} ${String(own.name)}, which is missing`)
  return values
}

const metadataOf = (value: Fields): Fields => (isMap(value.metadata) ? value.metadata : {})

/** Kustomize takes each for a pattern of the whole. */
function isTarget(value: Fields, target: Fields): boolean {
  const [group, version] = splitVersion(String(value.apiVersion ?? ''))
  const { name, namespace } = metadataOf(value)
  const found: Fields = { group, version, kind: value.kind, name, namespace }
  return Object.entries(target).every(([field, wanted]) => {
    if (!Object.hasOwn(found, field)) throw new Foreign(`target.${field}`)
    return wanted === '' || new RegExp(`^(?:${String(wanted)})$`).test(String(found[field] ?? ''))
  })
}

const splitVersion = (apiVersion: string): [group: string, version: string] => {
  const parts = apiVersion.split('/')
  return parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : ['', apiVersion]
}

function withNames(kustomization: Fields, value: Fields): Fields {
  const { namePrefix = '', nameSuffix = '', namespace, commonLabels } = kustomization
  const pairs = Array.isArray(kustomization.labels)
    ? kustomization.labels.map((one: unknown) => (isMap(one) ? one.pairs : undefined))
    : []
  const labels = Object.assign({}, ...pairs, commonLabels) as Fields
  const annotations = isMap(kustomization.commonAnnotations) ? kustomization.commonAnnotations : {}
  const metadata = metadataOf(value)
  const more = (name: string, added: Fields) =>
    Object.keys(added).length === 0 ? {} : { [name]: { ...(metadata[name] as Fields), ...added } }
  return {
    ...value,
    metadata: {
      ...metadata,
      name: `${String(namePrefix)}${String(metadata.name)}${String(nameSuffix)}`,
      ...(namespace === undefined ? {} : { namespace }),
      ...more('labels', labels),
      ...more('annotations', annotations),
    },
  }
}

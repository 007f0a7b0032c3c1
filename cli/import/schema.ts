// A schema of the original as a schema of ssmd: its files are hashed again, so that the hash is that of the file. Pure.

import { SsmdError } from '#crds/errors.ts'
import { type Fields, given, listOf, type Note, noteOthers, textOf } from './note.ts'

const FIELDS = 'name format schema_file versions'.split(' ')
const VERSION_FIELDS =
  'version effective_from effective_to status schema_file hash compatible_with breaking_changes'.split(
    ' '
  )

/** The schema; `hashes` are those of the files it names, by name. */
export function schemaOf(
  original: Fields,
  hashes: ReadonlyMap<string, string>,
  notes: Note[]
): Fields {
  noteOthers(original, FIELDS, '', notes)
  const common = textOf(original.schema_file)
  const versions = listOf(original.versions).map((version, i) => {
    const at = `versions[${i}].`
    noteOthers(version, VERSION_FIELDS, at, notes)
    const file = textOf(version.schema_file) ?? common ?? ''
    const hash = hashes.get(file)
    if (hash === undefined) {
      throw new SsmdError('SSMD_E_RESOURCE_INVALID', `${at}schema_file: there is no file ${file}`, {
        hint: 'put it beside the description',
      })
    }
    if (version.hash !== undefined && version.hash !== hash) {
      const note = `${String(version.hash)} is not that of ${file}: it is ${hash}`
      notes.push({ field: `${at}hash`, note })
    }
    return given({
      name: textOf(version.version),
      status: textOf(version.status) ?? 'draft',
      effectiveFrom: textOf(version.effective_from),
      effectiveTo: textOf(version.effective_to),
      schemaFile: version.schema_file === undefined ? undefined : file,
      hash,
      compatibleWith: version.compatible_with,
      breakingChanges: version.breaking_changes,
    })
  })
  return given({ name: original.name, format: original.format, schemaFile: common, versions })
}

/** The files that a schema names. */
export const schemaFiles = (original: Fields): string[] => [
  ...new Set(
    [original, ...listOf(original.versions)].flatMap(({ schema_file }) => textOf(schema_file) ?? [])
  ),
]

// Whether a frame fits the JSON Schema of its Feed. A schema is a person's: what it cannot judge is said of the frame, and ends nothing.

import { Ajv, type Options } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { SsmdError } from '#crds/errors.ts'

/** Empty if it fits; else why not. */
export type FrameCheck = (frame: Uint8Array) => string

/** Keywords and formats of others are no mistake: they are passed over, as JSON Schema says. */
const OPTIONS: Options = { strict: false, validateFormats: false, logger: false }
const DRAFT_7 = /draft-0[67]\/schema#?$/

/** Throws SSMD_E_RESOURCE_INVALID if `source` is no JSON Schema. `name` is said with every frame that does not fit. */
export function makeFrameCheck(name: string, source: string): FrameCheck {
  const validate = compile(name, source)
  const text = new TextDecoder('utf-8', { fatal: true })
  return (frame) => {
    let value: unknown
    try {
      value = JSON.parse(text.decode(frame))
    } catch {
      return `does not fit ${name}: no JSON`
    }
    try {
      if (validate(value)) return ''
    } catch {
      return `does not fit ${name}: nested too deep to be checked`
    }
    const [error] = validate.errors ?? []
    return `does not fit ${name}: ${error?.instancePath || 'the frame'} ${error?.message ?? ''}`
  }
}

function compile(name: string, source: string) {
  let schema: unknown
  try {
    schema = JSON.parse(source)
  } catch (thrown) {
    throw invalid(name, 'it is no JSON', thrown)
  }
  const isObject = typeof schema === 'object' && schema !== null && !Array.isArray(schema)
  if (!isObject && typeof schema !== 'boolean') throw invalid(name, 'expected an object')
  const { $schema, $async } = (isObject ? schema : {}) as { $schema?: unknown; $async?: unknown }
  // Its answer would be a promise.
  if ($async === true) throw invalid(name, '$async is not known')
  const isOld = typeof $schema === 'string' && DRAFT_7.test($schema)
  try {
    return (isOld ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS)).compile(schema as object)
  } catch (thrown) {
    throw invalid(name, (thrown as Error).message, thrown)
  }
}

const invalid = (name: string, what: string, cause?: unknown): SsmdError =>
  new SsmdError('SSMD_E_RESOURCE_INVALID', `${name} is not a JSON Schema: ${what}`, {
    hint: 'correct the file in the folder schemas, and register it as a new version',
    cause,
  })

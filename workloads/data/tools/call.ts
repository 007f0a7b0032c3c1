// Calls a tool by name with whatever a model, a person or an MCP client sent: checks the input, runs it, and keeps the answer within its
// budget. Never throws, but for an abort.

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { toSsmdError } from '#crds/errors.ts'
import { withinBudget } from './budget.ts'
import type { Json, JsonObject, Preview, Tool, ToolContext } from './tool.ts'

export type ToolError = {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export type ToolResult =
  | { readonly ok: true; readonly text: string; readonly summary: string }
  | { readonly ok: false; readonly text: string; readonly error: ToolError }

/** Input that fits the tool, or what is wrong with it. */
export type Checked =
  | { readonly ok: true; readonly tool: Tool; readonly input: JsonObject }
  | { readonly ok: false; readonly error: ToolError }

const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false, verbose: true })
const validators = new WeakMap<Tool, ValidateFunction>()

/** Bytes of an error as JSON at most. */
const ERROR_BYTES = 4096

export class Tools {
  readonly #byName: ReadonlyMap<string, Tool>

  readonly #clean: (text: string) => string

  /** `clean` takes secrets out of what a model sees. */
  constructor(tools: readonly Tool[], clean: (text: string) => string = (text) => text) {
    this.#clean = clean
    this.#byName = new Map(tools.map((tool) => [tool.name, tool]))
    if (this.#byName.size !== tools.length) throw new Error('two tools have the same name')
  }

  get all(): readonly Tool[] {
    return [...this.#byName.values()]
  }

  get(name: string): Tool | undefined {
    return this.#byName.get(name)
  }

  /** Members that are null are left out: models send them for what is absent. An unknown member is refused by name. */
  check(name: string, raw: unknown): Checked {
    const tool = this.#byName.get(name)
    if (tool === undefined) {
      const known = [...this.#byName.keys()].join(', ')
      return refused('SSMD_E_USAGE', `there is no tool ${quote(name)}`, `the tools are ${known}`)
    }
    const why = tool.unavailable?.()
    if (why !== undefined) return refused('SSMD_E_USAGE', `${name} cannot be used here: ${why}`)
    // A model sends an empty text for no arguments at all.
    const value = raw === '' || raw === undefined || raw === null ? {} : raw
    if (typeof value !== 'object' || Array.isArray(value)) {
      return refused('SSMD_E_USAGE', `${name}: the input is no object`, inputHint(tool))
    }
    const input = Object.fromEntries(
      Object.entries(value).filter(([, member]) => member !== null)
    ) as JsonObject
    const validate = validators.get(tool) ?? ajv.compile(tool.input)
    validators.set(tool, validate)
    if (validate(input)) return { ok: true, tool, input }
    const faults = (validate.errors ?? []).slice(0, 10).map(faultText)
    return refused('SSMD_E_USAGE', `${name}: ${faults.join('; ')}`, inputHint(tool))
  }

  async call(
    name: string,
    raw: unknown,
    context: ToolContext,
    approved?: Preview
  ): Promise<ToolResult> {
    const checked = this.check(name, raw)
    if (!checked.ok) return failure(checked.error)
    const { tool, input } = checked
    try {
      const { body, summary } = await tool.run(input, context, approved)
      const text = this.#clean(withinBudget(body, tool.budget))
      return { ok: true, text, summary: oneLine(summary) }
    } catch (thrown) {
      context.signal.throwIfAborted()
      const { code, message, hint } = toSsmdError(thrown)
      const text = this.#clean(message)
      return failure({ code, message: text, ...(hint === undefined ? {} : { hint }) })
    }
  }
}

const refused = (code: string, message: string, hint?: string): Checked => ({
  ok: false,
  error: { code, message, ...(hint === undefined ? {} : { hint }) },
})

function failure(error: ToolError): ToolResult {
  return { ok: false, text: withinBudget({ error } as { error: Json }, ERROR_BYTES), error }
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 64))
const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200)

function inputHint({ input }: Tool): string {
  const { properties = {}, required = [] } = input as {
    properties?: Record<string, unknown>
    required?: readonly string[]
  }
  const names = Object.keys(properties).map((name) =>
    required.includes(name) ? `${name} (required)` : name
  )
  return names.length === 0 ? 'it takes no members' : `its members are ${names.join(', ')}`
}

function faultText({ keyword, instancePath, params, message, data }: ErrorObject): string {
  const at = instancePath === '' ? '' : `${instancePath.slice(1).replaceAll('/', '.')}: `
  if (keyword === 'additionalProperties') {
    const { additionalProperty } = params as { additionalProperty: string }
    return `${at}there is no member ${quote(additionalProperty)}`
  }
  if (keyword === 'required') {
    const { missingProperty } = params as { missingProperty: string }
    return `${at}${missingProperty} is missing`
  }
  if (keyword === 'enum') {
    const { allowedValues } = params as { allowedValues: readonly unknown[] }
    return `${at}${quote(String(data))} is none of ${allowedValues.join(', ')}`
  }
  return `${at}${quote(JSON.stringify(data) ?? '')} ${message ?? 'does not fit'}`
}

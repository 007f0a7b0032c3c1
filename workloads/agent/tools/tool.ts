// What a tool is. Each is defined once: the agent, its slash commands, MCP and the documentation derive from it. A tool knows no model,
// no terminal and no graph.

/** A JSON Schema of the 2020-12 dialect, as plain data. */
export type Schema = Readonly<Record<string, unknown>>

/**
 * Fixed in code, never said by a model. `read`: looks something up. `compute`: works on data, and changes the folder of runs at most.
 * `write`: changes files of the repository. `cluster-write`: changes the cluster. The last two need an approval.
 */
export type ToolClass = 'read' | 'compute' | 'write' | 'cluster-write'

/** A value of JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

/** What a tool answers: plain data. Of lists whole records only, with how many there are and where to continue. */
export type ToolAnswer = {
  readonly body: JsonObject
  /** One line for a person, such as `12 feeds`. */
  readonly summary: string
}

/** What an approval shows. It is made from the checked input alone, and running the tool with this input does exactly this. */
export type Preview = {
  /** One line: what will change, and where. */
  readonly title: string
  /** As a person reads it: a diff, a card, a verdict. */
  readonly text: string
  /** The bytes that will be written or applied, as sha256; absent if there are none. */
  readonly sha256?: string
  /** What an approval for the rest of the session would cover, such as a file or a resource. */
  readonly target: string
}

/** What a tool runs with. */
export type ToolContext = {
  readonly signal: AbortSignal
  /** Said to a person who waits. */
  readonly onProgress: (line: string) => void
}

export type Tool<Input extends JsonObject = JsonObject> = {
  /** Lower-case letters, digits and _, 64 at most. */
  readonly name: string
  readonly class: ToolClass
  /** For a model and a person: what it answers, in which unit and order, what it leaves out. */
  readonly description: string
  /** Of an object; `additionalProperties` is false. An optional member may be null, which means that it is absent. */
  readonly input: Schema
  /** Bytes of the answer as JSON at most. */
  readonly budget: number
  /** Why it cannot be used here: the list of tools shows it. @default it can */
  readonly unavailable?: () => string | undefined
  /** Of a tool of class write or cluster-write. Changes nothing. */
  readonly preview?: (input: Input, context: ToolContext) => Promise<Preview>
  /** Throws an SsmdError. Of a tool with a preview: given the preview that was approved, it refuses if the bytes differ now. */
  readonly run: (input: Input, context: ToolContext, approved?: Preview) => Promise<ToolAnswer>
}

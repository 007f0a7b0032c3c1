// kubectl as tools: fixed verbs, a list of arguments that is made here and not by the model, output within bounds. It uses the credentials of
// the person, and no tool shows a Secret.

import { createHash } from 'node:crypto'
import { parseAllDocuments } from 'yaml'
import { SsmdError, usageError } from '#crds/errors.ts'
import { type ProgramResult, runProgram } from './programs.ts'
import { redacted } from './redact.ts'
import type { JsonObject, Preview, Tool, ToolContext } from './tool.ts'

export type KubectlOptions = {
  readonly kubectl: string
  readonly env: NodeJS.ProcessEnv
  readonly context?: string
  readonly namespace?: string
}

const TIMEOUT_MS = 15_000
const BYTES = 65_536
const BUDGET = 16_384
const FIELD_MANAGER = 'ssmd-agent'

/** What may be looked at: never a Secret. */
const KINDS = [
  'feeds',
  'environments',
  'archives',
  'signals',
  'deployments',
  'replicasets',
  'pods',
  'configmaps',
  'services',
  'persistentvolumeclaims',
  'nodes',
  'namespaces',
  'events',
] as const
const NAME = { type: 'string', pattern: '^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$' }
const KIND = { type: 'string', enum: KINDS }
const SELECTOR = {
  type: 'string',
  pattern: '^[A-Za-z0-9_./=,!() -]{1,200}$',
  description: 'A label selector.',
}

const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

export function kubectlTools(options: KubectlOptions): Tool[] {
  const { env } = options
  const unavailable = (): string | undefined =>
    env.KUBECONFIG || env.KUBERNETES_SERVICE_HOST || env.HOME
      ? undefined
      : 'no cluster is configured: KUBECONFIG is not set'
  const where = [
    ...(options.context === undefined ? [] : ['--context', options.context]),
    ...(options.namespace === undefined ? [] : ['--namespace', options.namespace]),
  ]
  const run = (args: readonly string[], { signal }: ToolContext, input?: string) =>
    runProgram(options.kubectl, [...where, ...args], {
      env,
      signal,
      timeoutMs: TIMEOUT_MS,
      maxBytes: BYTES,
      ...(input === undefined ? {} : { input }),
    }).catch((thrown: NodeJS.ErrnoException) => {
      signal.throwIfAborted()
      throw new SsmdError('SSMD_E_KUBERNETES', `kubectl cannot be run: ${thrown.message}`, {
        hint: 'check that kubectl is installed and the cluster can be reached',
        cause: thrown,
      })
    })
  const reads = (
    name: string,
    description: string,
    input: object,
    argsOf: (input: JsonObject) => readonly string[]
  ): Tool => ({
    name,
    class: 'read',
    description,
    input: input as Tool['input'],
    budget: BUDGET,
    unavailable,
    run: async (given, context) => answerOf(await run(argsOf(given), context), options),
  })
  return [
    reads(
      'kubectl_get',
      'Objects of the cluster as a table: kind, and a name or a label selector.',
      object({ kind: KIND, name: NAME, selector: SELECTOR, all_namespaces: { type: 'boolean' } }, [
        'kind',
      ]),
      ({ kind, name, selector, all_namespaces: all }) => [
        'get',
        String(kind),
        ...(name === undefined ? [] : [String(name)]),
        ...(selector === undefined ? [] : [`--selector=${selector}`]),
        ...(all === true ? ['--all-namespaces'] : []),
        '--output=wide',
      ]
    ),
    reads(
      'kubectl_describe',
      'One object with its conditions and events: the place to look for why something is not ready.',
      object({ kind: KIND, name: NAME }, ['kind', 'name']),
      ({ kind, name }) => ['describe', String(kind), String(name)]
    ),
    reads(
      'kubectl_logs',
      'The last lines of the log of a pod or a Deployment.',
      object(
        {
          pod: { ...NAME, description: 'A pod, or with kind deployments a Deployment.' },
          kind: { type: 'string', enum: ['pods', 'deployments'] },
          since: { type: 'string', pattern: '^[1-9][0-9]{0,4}[smh]$' },
          lines: { type: 'integer', minimum: 1, maximum: 1000 },
          previous: { type: 'boolean', description: 'Of the container before its last restart.' },
        },
        ['pod']
      ),
      ({ pod, kind = 'pods', since, lines = 200, previous }) => [
        'logs',
        `${kind}/${pod}`,
        `--tail=${lines}`,
        `--limit-bytes=${BYTES}`,
        ...(since === undefined ? [] : [`--since=${since}`]),
        ...(previous === true ? ['--previous'] : []),
      ]
    ),
    reads(
      'kubectl_events',
      'Events of the cluster, of one object if it is named, the latest last.',
      object({ kind: KIND, name: NAME }),
      ({ kind, name }) => [
        'events',
        ...(kind === undefined || name === undefined ? [] : [`--for=${kind}/${name}`]),
      ]
    ),
    rolloutTool(run, options, unavailable),
    applyTool(run, options, unavailable),
  ]
}

type Run = (args: readonly string[], context: ToolContext, input?: string) => Promise<ProgramResult>

/** Restarting a capture makes a gap: it needs an approval. */
function rolloutTool(run: Run, options: KubectlOptions, unavailable: Tool['unavailable']): Tool {
  const argsOf = ({ deployment }: JsonObject) => ['rollout', 'restart', `deployment/${deployment}`]
  return {
    name: 'kubectl_rollout_restart',
    class: 'cluster-write',
    description:
      'Restarts the pods of a Deployment. Restarting a connector makes a gap in the data.',
    input: object({ deployment: NAME }, ['deployment']),
    budget: BUDGET,
    ...(unavailable === undefined ? {} : { unavailable }),
    preview: async (input) => ({
      title: `restart deployment/${input.deployment}${placeOf(options)}`,
      text: `kubectl ${argsOf(input).join(' ')}\nA connector that restarts leaves a gap in its feed.`,
      target: `deployment/${input.deployment}`,
    }),
    run: async (input, context) => answerOf(await run(argsOf(input), context), options),
  }
}

const placeOf = ({ context, namespace }: KubectlOptions): string =>
  `${namespace === undefined ? '' : ` in namespace ${namespace}`}${context === undefined ? '' : ` of context ${context}`}`

/** Server-side: the API server says what would change, and the same bytes are applied. */
function applyTool(run: Run, options: KubectlOptions, unavailable: Tool['unavailable']): Tool {
  const manager = ['--server-side', `--field-manager=${FIELD_MANAGER}`, '--filename=-']
  return {
    name: 'kubectl_apply',
    class: 'cluster-write',
    description:
      'Applies a Feed, Environment, Archive or Signal (YAML, one or several documents) with the credentials of the person. Shows the difference first.',
    input: object({ yaml: { type: 'string', minLength: 1, maxLength: 262_144 } }, ['yaml']),
    budget: BUDGET,
    ...(unavailable === undefined ? {} : { unavailable }),
    preview: async ({ yaml }, context) => previewOf(String(yaml), run, manager, options, context),
    run: async ({ yaml }, context) => {
      resourcesOf(String(yaml))
      return answerOf(await run(['apply', ...manager], context, String(yaml)), options)
    },
  }
}

async function previewOf(
  yaml: string,
  run: Run,
  manager: readonly string[],
  options: KubectlOptions,
  context: ToolContext
): Promise<Preview> {
  const resources = resourcesOf(yaml)
  const dry = await run(['apply', ...manager, '--dry-run=server'], context, yaml)
  if (dry.code !== 0) throw refusal(dry)
  // 1: there is a difference.
  const diff = await run(['diff', ...manager], context, yaml)
  if (diff.code > 1) throw refusal(diff)
  return {
    title: `apply ${resources.join(', ')}${placeOf(options)}`,
    text: redacted(diff.stdout, options.env) || 'nothing changes',
    sha256: createHash('sha256').update(yaml).digest('hex'),
    target: resources.join(','),
  }
}

const OURS = /^(Feed|Environment|Archive|Signal)$/

/** `feed/kalshi`: kinds of ssmd only. Throws if the text holds another, or is not read the same by every parser. */
function resourcesOf(yaml: string): string[] {
  const documents = parseAllDocuments(yaml)
  if (!Array.isArray(documents) || documents.length === 0) {
    throw usageError('kubectl_apply: the text holds no document', 'write the resource as YAML')
  }
  return documents.map((document) => {
    const [error] = document.errors
    if (error !== undefined) throw usageError(`kubectl_apply: ${error.message}`, 'correct the YAML')
    const { apiVersion, kind, metadata } = (document.toJS() ?? {}) as {
      apiVersion?: unknown
      kind?: unknown
      metadata?: { name?: unknown }
    }
    const name = metadata?.name
    if (OURS.test(String(kind)) && apiVersion === 'ssmd.io/v1alpha1' && typeof name === 'string') {
      return `${String(kind).toLowerCase()}/${name}`
    }
    throw usageError(
      `kubectl_apply takes Feed, Environment, Archive and Signal of ssmd.io/v1alpha1 with a name, found ${kind ?? 'no kind'}`,
      'write each document with apiVersion, kind and metadata.name'
    )
  })
}

const refusal = ({ stderr, stdout }: ProgramResult): SsmdError =>
  new SsmdError(
    'SSMD_E_KUBERNETES',
    `the cluster refused: ${(stderr || stdout).trim().slice(0, 2000)}`
  )

function answerOf({ code, stdout, stderr, dropped }: ProgramResult, options: KubectlOptions) {
  if (code !== 0) throw refusal({ code, stdout, stderr, dropped })
  const lines = stdout.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return {
    body: {
      ...(options.context === undefined ? {} : { context: options.context }),
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      lines,
      ...(dropped === 0
        ? {}
        : { left_out_bytes: dropped, hint: 'narrow it: a name, a selector, fewer lines' }),
    },
    summary: `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}`,
  }
}

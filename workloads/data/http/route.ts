// A route of the API: everything that the router, the limits, the metrics and the OpenAPI document need to know of it.

import type { ParameterizedContext } from 'koa'
import type { Logger } from '#role/run.ts'
import type { Links } from '../live/links.ts'
import type { ManifestCache } from '../model/manifests.ts'
import type { Parameter, QueryContext, Schema } from '../model/query.ts'
import type { AccessRefused, Caller, Need } from './access.ts'
import type { Place } from './gate.ts'

export type ApiState = {
  readonly requestId: string
  /** Path of the route that answers, for metrics: `/v1/bars`, or `none`. */
  route: string
  /** Set before a route that is not open runs. */
  caller: Caller
  /** Among the answers that are made at a time. */
  place: Place
  /** Of the answer, for metrics. */
  format: string
  /** Whether the route needs no key. */
  isOpen: boolean
  /** For the audit log: rows that were answered so far, and why a key was refused. */
  rows: number
  refused?: AccessRefused
}

export type ApiContext = ParameterizedContext<ApiState>

/** What answers are made of, given once. */
export type ApiDeps = Pick<QueryContext, 'roots' | 'cacheDir' | 'cache' | 'pool' | 'nowMs'> & {
  /** One of the whole process. */
  readonly manifests: ManifestCache
  readonly log: Logger
  /** Of ssmd. */
  readonly version: string
  /** What is captured now; undefined: this server knows no Environment. */
  readonly live?: Links | undefined
  /** Aborted when the program stops. */
  readonly signal: AbortSignal
}

/** What an answer may be, for the OpenAPI document: by status, then by media type. */
export type Answers = Readonly<
  Record<string, { readonly says: string; readonly media: Readonly<Record<string, Schema>> }>
>

export type Route = {
  readonly method: 'GET' | 'POST'
  /** `{name}` stands for one part of the path. */
  readonly path: string
  readonly need: Need
  /** How it is limited: `light` is never made to wait; `stream` stays open for long and has its own limit. */
  readonly class: 'light' | 'read' | 'file' | 'compute' | 'stream'
  /** Left out of the document: the page and its files. */
  readonly document?: {
    readonly id: string
    readonly summary: string
    readonly description: string
    readonly tag: string
    readonly parameters: readonly Parameter[]
    /** Of the body of a POST: its media type and schema. */
    readonly body?: { readonly media: string; readonly schema: Schema }
    readonly answers: Answers
  }
  readonly handle: (ctx: ApiContext) => Promise<void> | void
}

/** `/v1/datasets/{feed}` as the router writes it: `/v1/datasets/:feed`. */
export const routerPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Names of the parameters in a path. */
export const pathNames = (path: string): string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!)

// The real helm for tests: with a home of its own, so that nothing of whoever runs it is read or written.

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { patience } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { missingTools } from '../../operator/testing/cluster.ts'

export const CHART = new URL('../ssmd', import.meta.url).pathname
export const NAMESPACE = 'ssmd'

/** Why tests with helm cannot run here, or undefined. */
export const missingHelm = () => missingTools(() => toolPath('helm'))

export type Rendered = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

export type Helm = {
  /** What it printed. Throws what it said where it failed. */
  (...args: readonly string[]): Promise<string>
  close(): Promise<void>
}

export async function openHelm(kubeconfig?: string): Promise<Helm> {
  const program = await toolPath('helm')
  const home = await mkdtemp(join(tmpdir(), 'ssmd-helm-'))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    KUBECONFIG: kubeconfig ?? join(home, 'none'),
  }
  const helm = async (...args: readonly string[]): Promise<string> => {
    const { code, output } = await run(program, args, { env, limitMs: patience(90_000) })
    if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${output.trim()}`)
    return output
  }
  return Object.assign(helm, { close: () => rm(home, { recursive: true, force: true }) })
}

/** The values files of the chart's ci folder, by the name before `-values.yaml`. */
export async function valuesFiles(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(join(CHART, 'ci'))).sort()
  return new Map(names.map((name) => [name.replace('-values.yaml', ''), join(CHART, 'ci', name)]))
}

export async function render(helm: Helm, ...args: readonly string[]): Promise<Rendered[]> {
  const text = await helm('template', 'ssmd', CHART, '--namespace', NAMESPACE, ...args)
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null)
}

export function find(objects: readonly Rendered[], kind: string, name: string): Rendered {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name} is rendered`)
  return found
}

/** What lies at a path such as `spec.template.spec.containers.0.args`; undefined where nothing does. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value)
}

/** The pod templates of a Deployment or StatefulSet. */
export const podTemplates = (objects: readonly Rendered[]): readonly Rendered[] =>
  objects.flatMap((object) => {
    const template = at(object, 'spec.template') as Rendered | undefined
    return template === undefined
      ? []
      : [
          {
            ...template,
            kind: 'Pod',
            apiVersion: 'v1',
            metadata: { ...template.metadata, name: object.metadata.name },
          },
        ]
  })

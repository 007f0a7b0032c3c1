// Who wrote what, from the API server's own audit log: the one account of an operator that the operator has no part in.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Audited = {
  readonly user: { readonly username: string }
  readonly userAgent: string
  readonly verb: string
  readonly requestURI: string
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly objectRef: {
    readonly resource: string
    readonly namespace?: string
    readonly name?: string
    readonly subresource?: string
  }
  readonly responseStatus?: { readonly code: number }
}

export type Audit = {
  /** For the API server. */
  readonly args: readonly string[]
  /** Writes in a namespace that the API server let through, in the order in which it received them. */
  writes(namespace: string): readonly Audited[]
  remove(): void
}

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
  ],
}

export function makeAudit(): Audit {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-audit-'))
  const log = join(folder, 'audit.log')
  const policy = join(folder, 'policy.json')
  writeFileSync(policy, JSON.stringify(POLICY))
  writeFileSync(log, '')
  return {
    args: ['--audit-policy-file', policy, '--audit-log-path', log],
    writes: (namespace) =>
      readFileSync(log, 'utf8')
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.includes(`"${namespace}"`))
        .map((line) => JSON.parse(line) as Audited)
        .filter(
          ({ objectRef, responseStatus, requestURI }) =>
            objectRef?.namespace === namespace &&
            (responseStatus?.code ?? 0) < 300 &&
            !requestURI.includes('dryRun=')
        )
        .sort((a, b) => (a.requestReceivedTimestamp < b.requestReceivedTimestamp ? -1 : 1)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A lease is renewed whatever else happens. */
export const isLease = ({ objectRef }: Audited): boolean => objectRef.resource === 'leases'

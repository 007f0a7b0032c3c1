// Addresses in resources that no program should be sent to: unreadable, unencrypted over other people's networks, or of the machine that
// gives clouds their credentials. Pure; names are not resolved.

import type { Resource } from '#crds/kinds.ts'
import type { Located, Resources } from '#crds/located.ts'
import { problemAt } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'

export function addressProblems({ feeds, environments }: Resources): Problem[] {
  return [
    ...feeds.flatMap((feed) =>
      feed.resource.spec.versions.flatMap(({ endpoint, restEndpoint }, i) => [
        ...problemsOf(feed, `spec.versions[${i}].endpoint`, endpoint),
        ...problemsOf(feed, `spec.versions[${i}].restEndpoint`, restEndpoint),
      ])
    ),
    ...environments.flatMap((environment) =>
      problemsOf(environment, 'spec.transport.url', environment.resource.spec.transport.url)
    ),
  ]
}

function problemsOf(
  located: Located<Resource>,
  field: string,
  address: string | undefined
): Problem[] {
  if (address === undefined || address.startsWith('synthetic:')) return []
  const problem = (message: string, hint: string) => [
    problemAt(located, field, 'SSMD_E_RESOURCE_INVALID', message, hint),
  ]
  if (!URL.canParse(address))
    return problem('expected an address, found one that cannot be read', 'check host and port')
  const { protocol, hostname, username, hash } = new URL(address)
  if (hostname === '') return problem('expected an address with a host, found none', 'write it')
  if (hash !== '')
    return problem(
      'expected an address without #, found a part that is never sent',
      'remove # and what follows, or write %23'
    )
  if (username !== '' && protocol !== 'nats:' && protocol !== 'tls:')
    return problem(
      'expected no user in the address, found one',
      'declare a key in the Environment instead'
    )
  if (isLinkLocal(hostname))
    return problem(
      `expected the address of an exchange or of NATS, found ${hostname}, where clouds give out credentials`,
      'write the address that is meant'
    )
  if ((protocol === 'ws:' || protocol === 'http:') && !isNear(hostname)) {
    return problem(
      `expected ${protocol.slice(0, -1)}s://, found ${protocol}// to ${hostname}: everyone on the way can read and change it`,
      `write ${protocol.slice(0, -1)}s://`
    )
  }
  return []
}

/** 169.254.169.254 and its like, also as clouds name it. */
const isLinkLocal = (host: string): boolean =>
  /^169[.]254[.]|^\[fe[89ab][0-9a-f]:|^\[::ffff:a9fe:|^metadata([.]google[.]internal)?[.]?$|^\[fd00:ec2::254\]$/.test(
    host
  )

/** This machine, or one of a private network, by number or by name. */
function isNear(host: string): boolean {
  if (!host.includes('.') || host.startsWith('['))
    return !host.startsWith('[') || /^\[(::1|f[cd][0-9a-f]{2}:.*)\]$/.test(host)
  return (
    /^(127|10|192[.]168|172[.](1[6-9]|2[0-9]|3[01]))[.]/.test(host) ||
    /[.](localhost|local|internal|test|example|lan|svc|svc[.]cluster[.]local)$/.test(host)
  )
}

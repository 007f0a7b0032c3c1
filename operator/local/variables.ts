// The variables of this process that a child gets: only those that its program needs, by name, and what the program gets if
// this process does not set them. Keys of feeds are not among them: a Deployment that needs one names it.

import type { Component } from '../render/pod.ts'

const SYSTEM = /^(PATH|HOME|LANG|LANGUAGE|LC_.+|TZ|TMPDIR|TEMP|TMP)$/
const NODE =
  /^(NODE_(OPTIONS|NO_WARNINGS|DEBUG|ENV|V8_COVERAGE|COMPILE_CACHE|DISABLE_COMPILE_CACHE|USE_SYSTEM_CA|TLS_REJECT_UNAUTHORIZED|EXTRA_CA_CERTS)|SSL_CERT_(FILE|DIR)|SSMD_LOG_LEVEL)$/
// The URL of a proxy may hold a password: for the programs that call others alone.
const PROXY = /^((HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|NODE_USE_ENV_PROXY)$/

const API = /^SSMD_(API_KEY|API_KEYS|CACHE_DIR)$/
const GO = /^GOMAXPROCS$/

const NEEDS = {
  'nats-server': [SYSTEM, GO],
  guard: [/^PATH$/],
  simulator: [SYSTEM, NODE],
  archiver: [SYSTEM, NODE],
  connector: [SYSTEM, NODE, PROXY],
  // Its sinks are called, never an exchange.
  signal: [SYSTEM, NODE, PROXY],
  'data-api': [SYSTEM, NODE, API],
} as const satisfies Record<Component | 'nats-server' | 'guard' | 'data-api', readonly RegExp[]>

/**
 * One thread for Go code carries what a laptop captures; writes and fsyncs run beside it. With more, Go's monitor thread polls
 * every 20 µs while a block is synced, which is a third of what a quiet feed costs the server.
 */
const DEFAULTS: { readonly [K in keyof typeof NEEDS]?: Readonly<Record<string, string>> } = {
  'nats-server': { GOMAXPROCS: '1' },
}

export function passedVariables(
  env: NodeJS.ProcessEnv,
  program: keyof typeof NEEDS
): Record<string, string> {
  const passed: Record<string, string> = { ...DEFAULTS[program] }
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && NEEDS[program].some((needed) => needed.test(name)))
      passed[name] = value
  return passed
}

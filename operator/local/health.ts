// Probes a program's /livez and /readyz as a cluster would: a program that stops answering is killed, and one that is alive but
// not ready says why.
import { get } from 'node:http'
import type { Probe } from '../render/objects.ts'

export type HealthWatch = {
  /** Why the program is not ready, or an empty text; undefined before the first answer. */
  readonly unready: string | undefined
  stop(): void
}

export type HealthOptions = {
  readonly address: string
  readonly startup: Probe
  readonly liveness: Probe
  /** /livez failed too often. */
  onDead(reason: string): void
}

type Answer = { readonly ok: boolean; readonly text: string }

export function watchHealth(options: HealthOptions): HealthWatch {
  const { startup, liveness } = options
  let unready: string | undefined
  let failures = 0
  let everAlive = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  const round = async () => {
    const probe = everAlive ? liveness : startup
    const alive = await ask(options.address, '/livez', probe.timeoutSeconds * 1000)
    if (stopped) return
    if (alive.ok) {
      everAlive = true
      failures = 0
      const ready = await ask(options.address, '/readyz', liveness.timeoutSeconds * 1000)
      if (stopped) return
      unready = ready.ok ? '' : ready.text
    } else if (++failures >= probe.failureThreshold) {
      stopped = true
      options.onDead(`/livez failed ${failures} times: ${alive.text}`)
      return
    }
    schedule()
  }
  const schedule = () => {
    const { periodSeconds } = everAlive ? liveness : startup
    timer = setTimeout(() => void round(), periodSeconds * 1000)
    timer.unref()
  }
  schedule()
  return {
    get unready() {
      return unready
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** One request; a refusal, a wrong status and a late answer are all a failure with its reason. */
async function ask(address: string, path: string, timeoutMs: number): Promise<Answer> {
  const [host, port] = address.split(':')
  return await new Promise<Answer>((resolve) => {
    const request = get({ host, port, path, timeout: timeoutMs, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (text.length < 500) text += chunk
      })
      response.on('error', (error) => resolve({ ok: false, text: error.message }))
      response.on('end', () =>
        resolve({ ok: response.statusCode === 200, text: text.trim().split('\n')[0] ?? '' })
      )
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    request.on('error', (error) => resolve({ ok: false, text: error.message }))
  })
}

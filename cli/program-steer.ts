// `ssmd rollout`, `ssmd pause` and `ssmd resume`: how they are called.
import type { Command } from 'commander'
import type { Verb } from './commands/steer.ts'
import { examples } from './flags.ts'

type SteerFlags = {
  readonly namespace?: string
  readonly context?: string
  readonly kubeconfig?: string
}

const WORDS: Readonly<Record<Verb, readonly [summary: string, description: string]>> = {
  rollout: [
    'let a change that waits go ahead: pods are replaced now',
    'Replaces the pods of a resource in a cluster now, with everything that waits for it (RolloutPending). A restart of a capture is a hole in its data: choose the time.',
  ],
  pause: [
    'leave a resource of a cluster as it is',
    'The operator changes nothing of a paused resource and takes nothing away; what runs goes on.',
  ],
  resume: [
    'go on with a resource that was paused',
    'Ends `ssmd pause`: what changed meanwhile is done now.',
  ],
}

export function addSteering(program: Command): void {
  for (const verb of ['rollout', 'pause', 'resume'] as const) {
    const [summary, description] = WORDS[verb]
    examples(
      program
        .command(verb)
        .summary(summary)
        .description(description)
        .argument('<kind>', 'feed, environment or archive')
        .argument('<name>', 'its name')
        .option('-n, --namespace <name>', "default: that of the kubeconfig's context")
        .option('--context <name>', 'context of the kubeconfig file')
        .option('--kubeconfig <file>', 'default: $KUBECONFIG, else ~/.kube/config'),
      `
  ssmd ${verb} feed kalshi
  ssmd ${verb} archive kalshi-prod -n capture --context prod`
    ).action(async (kind: string, name: string, flags: SteerFlags) => {
      const { runSteer } = await import('./commands/steer.ts')
      const { namespace, context, kubeconfig } = flags
      await runSteer({ verb, kind, name, namespace, context, kubeconfig })
    })
  }
}

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
    'apply a pending change: replace the pods now',
    'Replaces the pods of a resource in a cluster now and applies every pending change (RolloutPending). A restart of a capture is a hole in its data: choose the time.',
  ],
  pause: [
    'stop the operator from changing a resource',
    'The operator neither changes nor removes anything of a paused resource; what runs continues.',
  ],
  resume: [
    'resume a paused resource',
    'Ends `ssmd pause`: the operator applies all changes made in the meantime.',
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
        .argument('<kind>', 'feed, environment, archive or signal')
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

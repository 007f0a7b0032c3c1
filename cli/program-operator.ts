// `ssmd operator`: reconciles the Feeds, Environments, Archives and Signals of a cluster.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readVersion } from './commands/version.ts'
import { collect, examples } from './flags.ts'
import { outliveOutput } from './output.ts'

type OperatorFlags = {
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly healthAddr?: string
  readonly image: string
  readonly imagePullSecret?: readonly string[]
  readonly readOnly?: boolean
  readonly leaderElect: boolean
}

function secretNames(value: string, before?: readonly string[]): readonly string[] {
  if (value.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value))
    throw new InvalidArgumentError('Expected the name of a Secret.')
  return before?.includes(value) ? before : collect(value, before)
}

export function addOperator(program: Command): void {
  examples(
    program
      .command('operator')
      .summary('role: runs what a Kubernetes cluster declares')
      .description(
        'Watches Feeds, Environments, Archives and Signals of a Kubernetes namespace and runs what they declare. ' +
          'Several may run at the same time: one leads, the others stand by.'
      )
      .option('--kubeconfig <file>', "default: the pod's service account, else $KUBECONFIG")
      .option('--context <name>', 'context of the kubeconfig file')
      .addOption(
        new Option('-n, --namespace <name>', 'the namespace to watch (default: its own)').conflicts(
          'allNamespaces'
        )
      )
      .option('-A, --all-namespaces', 'work in all namespaces; needs the cluster-wide role')
      .option('--health-addr <host:port>', 'serve /livez, /readyz and /metrics there')
      .option('--image <image>', 'image of the pods that it creates', `ssmd:${readVersion()}`)
      .option(
        '--image-pull-secret <name>',
        'pull Secret for that image, in the namespace of the resources; may be given several times',
        secretNames
      )
      .option('--read-only', 'log what it would write, and write nothing')
      .option(
        '--no-leader-elect',
        'start without a lease; only safe if no second operator ever runs'
      ),
    `
  ssmd operator --namespace capture
  ssmd operator --kubeconfig ~/.kube/config --read-only
  ssmd operator --all-namespaces --health-addr 0.0.0.0:8080 --image registry.example.com/ssmd:1.2.0`
  ).action(async (options: OperatorFlags) => {
    const { runOperator } = await import('../operator/main.ts')
    outliveOutput()
    const { imagePullSecret: pullSecrets, ...rest } = options
    await runOperator({ ...rest, pullSecrets, version: readVersion() })
  })
}

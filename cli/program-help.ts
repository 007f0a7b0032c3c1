// `ssmd explain` and `ssmd completion`: how they are called.
import { Argument, type Command } from 'commander'
import type { ExplainFlags } from './commands/explain.ts'
import type { Shell } from './completion.ts'
import { examples, outputOption } from './flags.ts'

export function addHelp(program: Command): void {
  examples(
    program
      .command('explain')
      .summary('what a field of a resource is for')
      .description('Explains a kind or a field of it: its type, default, bounds and rules.')
      .argument('[field]', 'such as feed or feed.spec.versions.endpoint')
      .option('--recursive', 'with the fields below it, each in one sentence')
      .addOption(outputOption()),
    `
  ssmd explain feed.spec
  ssmd explain env.spec.connector --recursive
  ssmd explain archive.spec.storage`
  ).action(async (field: string | undefined, flags: ExplainFlags) => {
    const { runExplain } = await import('./commands/explain.ts')
    await runExplain(field, flags)
  })

  examples(
    program
      .command('completion')
      .summary('completion for a shell')
      .description('Prints a script with which a shell completes commands, flags and names.')
      .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish'])),
    `
  source <(ssmd completion bash)
  ssmd completion zsh > "\${fpath[1]}/_ssmd"
  ssmd completion fish | source`
  ).action(async (shell: Shell) => {
    const { SCRIPTS } = await import('./completion.ts')
    process.stdout.write(SCRIPTS[shell])
  })

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { runComplete } = await import('./commands/complete.ts')
      await runComplete(program, words)
    })
}

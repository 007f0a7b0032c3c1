// `ssmd agent`: how it is called.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { collect, examples, wholeNumber } from './flags.ts'

export type AgentFlags = {
  readonly path?: readonly string[]
  readonly url?: string
  readonly print?: string | true
  readonly outputFormat: 'text' | 'json' | 'stream-json'
  readonly allow?: readonly string[]
  readonly readOnly?: true
  readonly model?: string
  readonly continue?: true
  readonly resume?: string
  readonly maxTurns?: number
  readonly maxBudgetUsd?: number
  readonly context?: string
  readonly namespace?: string
  readonly cacheDir?: string
}

function dollars(text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError('Expected dollars, such as 2 or 0.5.')
}

export function addAgent(program: Command): void {
  examples(
    program
      .command('agent')
      .summary('explore data, write and test signals, diagnose the cluster, in conversation')
      .description(
        'A prompt that knows the data, the signals and the cluster. Needs ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a local model; ' +
          'without either its commands and short sentences work. It asks before it changes anything.'
      )
      .option('--path <root>', 'root of an archive (repeatable)', collect)
      .option('--url <address>', 'address of a data API')
      .option('-p, --print [prompt]', 'answer one prompt and end; standard input is added to it')
      .addOption(
        new Option('--output-format <form>', 'with --print: how the answer is written')
          .choices(['text', 'json', 'stream-json'])
          .default('text')
      )
      .option('--allow <tool>', 'with --print: a tool that needs no approval (repeatable)', collect)
      .option('--read-only', 'without the tools that change something')
      .option('--model <name>', 'the model (default: SSMD_MODEL, else claude-sonnet-5-5)')
      .option('-c, --continue', 'continue the latest session')
      .option('-r, --resume <id>', 'continue this session')
      .option(
        '--max-turns <n>',
        'calls of the model for one prompt (default: 50)',
        wholeNumber(1, 1000)
      )
      .option('--max-budget-usd <dollars>', 'stop the session when it has cost this much', dollars)
      .option('--context <name>', 'context of kubectl')
      .option('--namespace <name>', 'namespace of kubectl')
      .option('--cache-dir <folder>', 'where the columnar cache is kept'),
    `
  ssmd agent
  ssmd agent --path data --read-only
  ssmd agent -p "which feeds had gaps yesterday?" --output-format json
  ssmd agent --continue`
  ).action(async (flags: AgentFlags) => {
    const { runAgentCommand } = await import('./commands/agent.ts')
    await runAgentCommand(flags)
  })
}

// `ssmd doctor` and other commands that look at what runs and change nothing: how they are called.

import { type Command, Option } from 'commander'
import type { RunDoctorFlags } from './commands/doctor.ts'
import type { EventsFlags } from './commands/events.ts'
import type { LogsFlags } from './commands/logs.ts'
import type { PlanFlags } from './commands/plan.ts'
import type { StatusFlags } from './commands/status.ts'
import {
  clusterOptions,
  collect,
  examples,
  outputOption,
  pathOption,
  wholeNumber,
} from './flags.ts'

export function addLooking(program: Command): void {
  addDoctor(program)
  addPlan(program)
  addStatus(program)
  addLogs(program)
  addEvents(program)
}

const dataOption = (command: Command): Command =>
  command.option('--data <folder>', 'the data folder of ssmd up', './data')

function addDoctor(program: Command): void {
  examples(
    clusterOptions(
      dataOption(
        program
          .command('doctor')
          .summary('find what is wrong, and what to do about it')
          .description(
            'Checks machine, resources, NATS, archive and cluster, and says of each trouble what to do. It changes nothing, and needs ' +
              'neither a cluster nor a running ssmd up. Ends with 1 if anything is bad.'
          )
          .addOption(pathOption())
      )
    )
      .option('--nats-creds <file>', 'credentials for NATS, such as those of its system account')
      .addOption(outputOption()),
    `
  ssmd doctor
  ssmd doctor --context prod -n capture
  ssmd doctor --output json | jq '.checks[] | select(.result == "bad")'`
  ).action(async (flags: RunDoctorFlags) => {
    const { runDoctor } = await import('./commands/doctor.ts')
    await runDoctor(flags)
  })
}

function addPlan(program: Command): void {
  examples(
    dataOption(
      program
        .command('plan')
        .summary('what the resources come to: connections, records and bytes a day')
        .description(
          'Shows connections, records and bytes a day, retention, and what the change since the last commit costs. The figures are those ' +
            'of archives on this computer; what none of them has measured is unknown.'
        )
        .argument('[path]', 'folder of resources (default: the nearest folder exchanges)')
    )
      .option(
        '--archive <folder>',
        'also take figures from this archive; may be given several times',
        collect
      )
      .option('--against <folder>', 'compare with another folder of resources, without git')
      .addOption(outputOption()),
    `
  ssmd plan
  ssmd plan --archive /mnt/archive
  ssmd plan --against ../production/exchanges
  ssmd plan -o json | jq .change`
  ).action(async (path: string | undefined, flags: PlanFlags) => {
    const { runPlan } = await import('./commands/plan.ts')
    await runPlan(path, flags)
  })
}

const WHERE =
  'Looks at the ssmd up of the data folder, else at the cluster of the kubeconfig; with --context, --kubeconfig or -n at that cluster.'

const lookOptions = (command: Command): Command => clusterOptions(dataOption(command))

function addStatus(program: Command): void {
  const words = {
    status: ['what is captured now', 'Shows each feed: its state, rate, lag and gaps of today.'],
    top: ['the same as a live table', 'Shows ssmd status again and again, until Ctrl-C.'],
  } as const
  for (const name of ['status', 'top'] as const) {
    const [summary, description] = words[name]
    examples(
      lookOptions(program.command(name).summary(summary).description(`${description} ${WHERE}`))
        .addOption(pathOption())
        .addOption(outputOption()),
      `
  ssmd ${name}
  ssmd ${name} --context prod -n capture`
    ).action(async (flags: StatusFlags) => {
      const { runStatus, runTop } = await import('./commands/status.ts')
      await (name === 'top' ? runTop(flags) : runStatus(flags))
    })
  }
}

const tailOption = (lines: number, what: string): Option =>
  new Option('--tail <n>', what).argParser(wholeNumber(0, 1_000_000)).default(lines)

function addLogs(program: Command): void {
  examples(
    lookOptions(
      program
        .command('logs')
        .summary('what the programs of a feed or an archive say')
        .description(`Shows the logs of the programs of a feed or an archive. ${WHERE}`)
        .argument('<name>', 'a feed, an archive, or a program such as nats-server')
        .option('-f, --follow', 'continue with what is written from now on')
        .addOption(tailOption(100, 'how many of the last lines, of each program'))
    ).addOption(
      new Option('-o, --output <form>', 'json: the lines as they were written')
        .choices(['table', 'json'])
        .default('table')
    ),
    `
  ssmd logs kraken
  ssmd logs kraken --follow --tail 0
  ssmd logs nats-server`
  ).action(async (name: string, flags: LogsFlags) => {
    const { runLogs } = await import('./commands/logs.ts')
    await runLogs(name, flags)
  })
}

function addEvents(program: Command): void {
  examples(
    lookOptions(
      program
        .command('events')
        .summary('what happened, latest last')
        .description(
          `Shows Events about Feeds, Environments and Archives of a cluster, or what programs of ssmd up warned of. ${WHERE}`
        )
        .addOption(tailOption(50, 'how many of the last events'))
    ).addOption(outputOption()),
    `
  ssmd events
  ssmd events --context prod -n capture --tail 200`
  ).action(async (flags: EventsFlags) => {
    const { runEvents } = await import('./commands/events.ts')
    await runEvents(flags)
  })
}

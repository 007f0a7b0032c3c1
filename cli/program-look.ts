// `ssmd doctor` and other commands that look at what runs and change nothing: how they are called.

import type { Command } from 'commander'
import type { RunDoctorFlags } from './commands/doctor.ts'
import type { PlanFlags } from './commands/plan.ts'
import { clusterOptions, collect, examples, outputOption, pathOption } from './flags.ts'

export function addLooking(program: Command): void {
  addDoctor(program)
  addPlan(program)
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
      .addOption(outputOption()),
    `
  ssmd plan
  ssmd plan --archive /mnt/archive
  ssmd plan -o json | jq .change`
  ).action(async (path: string | undefined, flags: PlanFlags) => {
    const { runPlan } = await import('./commands/plan.ts')
    await runPlan(path, flags)
  })
}

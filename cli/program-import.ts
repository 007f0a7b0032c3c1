// `ssmd import`: how it is called.
import type { Command } from 'commander'
import type { ImportFlags } from './commands/import.ts'
import { examples, outputOption, pathOption } from './flags.ts'

export function addImport(program: Command): void {
  examples(
    program
      .command('import')
      .summary('take over what the original has written')
      .description(
        "Writes the original's feeds, environments and schemas as resources of the nearest repository, and says for each field " +
          'without a counterpart what replaced it; what exists stays as it is. Writes its archives, folders <feed>/<day> with ' +
          'HHMM.jsonl.gz, as days of ssmd that are marked imported: nothing proves that they are whole. Run it again to continue.'
      )
      .argument(
        '<folder>',
        "the original's repository, its folder exchanges, or one of its archives"
      )
      .addOption(pathOption())
      .option('-d, --data <folder>', 'the archive to write its days into', 'data/imported')
      .option('--dry-run', 'show what would be written, and write nothing')
      .addOption(outputOption()),
    `
  ssmd init --bare && ssmd import ../original
  ssmd import ../original --dry-run -o json
  ssmd import /data/ssmd --data data/imported && ssmd data verify --path data/imported`
  ).action(async (folder: string, flags: ImportFlags) => {
    const { runImport } = await import('./commands/import.ts')
    await runImport(folder, flags)
  })
}

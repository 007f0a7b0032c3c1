// `ssmd import`: how it is called.
import type { Command } from 'commander'
import type { ImportFlags } from './commands/import.ts'
import { examples, outputOption, pathOption } from './flags.ts'

export function addImport(program: Command): void {
  examples(
    program
      .command('import')
      .summary('take over what the original ssmd declared')
      .description(
        "Writes the original's feeds, environments and schemas as resources of the nearest repository, and says for each field " +
          'without a counterpart what replaced it. Files that exist stay as they are.'
      )
      .argument('<folder>', "the original's repository, or its folder exchanges")
      .addOption(pathOption())
      .option('--dry-run', 'show what would be written, and write nothing')
      .addOption(outputOption()),
    `
  ssmd init --bare && ssmd import ../original
  ssmd import ../original --dry-run -o json`
  ).action(async (folder: string, flags: ImportFlags) => {
    const { runImport } = await import('./commands/import.ts')
    await runImport(folder, flags)
  })
}

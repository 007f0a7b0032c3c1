// `ssmd schema`: how its commands are called.
import { Argument, type Command, Option } from 'commander'
import type { AddVersionFlags, HashFlags, RegisterFlags } from './commands/schemas.ts'
import type { ReadFlags } from './commands/shown.ts'
import type { WriteFlags } from './commands/written.ts'
import { collect, examples, pathOption, readOutputOption, writeOptions } from './flags.ts'
import { FORMATS, STATUSES, type Status } from './repository/schema-words.ts'

const load = () => import('./commands/schemas.ts')
const readOptions = (command: Command): Command =>
  command.addOption(pathOption()).addOption(readOutputOption())
const statusOption = (text: string): Option =>
  new Option('--status <status>', text).choices(STATUSES)

export function addSchema(program: Command): void {
  const schema = examples(
    program
      .command('schema')
      .summary('the schemas of the repository')
      .description('Shows and registers schemas: files with versions, whose hashes are proved.'),
    `
  ssmd schema list
  ssmd schema hash`
  )
  readOptions(
    schema
      .command('list')
      .description('Shows the schemas with their versions.')
      .addOption(statusOption('only versions of this status'))
  ).action(async (flags: ReadFlags & { status?: Status }) => (await load()).runSchemaList(flags))
  readOptions(
    schema
      .command('show')
      .description(
        'Shows a schema or one version of it, who reads it, and whether its file is good.'
      )
      .argument('<name>', '<name> or <name>:<version>')
  ).action(async (name: string, flags: ReadFlags) => (await load()).runSchemaShow(name, flags))
  examples(
    writeOptions(
      schema
        .command('register')
        .description('Copies a file to schemas/ and writes its description, with its hash.')
        .argument('<name>', 'name of the schema')
        .requiredOption('--file <file>', 'the file')
        .addOption(new Option('--format <format>', 'default: by its extension').choices(FORMATS))
        .addOption(statusOption('default: active'))
        .option('--effective-from <day>', 'default: today')
    ),
    `
  ssmd schema register trade --file trade.json`
  ).action(async (name: string, flags: RegisterFlags) =>
    (await load()).runSchemaRegister(name, flags)
  )
  examples(
    writeOptions(
      schema
        .command('add-version')
        .description('Adds a version with a file of its own.')
        .argument('<name>', 'the schema')
        .requiredOption('--file <file>', 'the file')
        .requiredOption('--effective-from <day>', 'first UTC day: YYYY-MM-DD')
        .option('--effective-to <day>', 'last UTC day')
        .addOption(statusOption('default: draft'))
        .option('--compatible-with <version>', 'may be given several times', collect)
        .option('--breaking-changes <text>', 'what its readers have to change')
    ),
    `
  ssmd schema add-version trade --file trade2.json --effective-from 2027-01-01`
  ).action(async (name: string, flags: AddVersionFlags) =>
    (await load()).runSchemaAddVersion(name, flags)
  )
  readOptions(
    schema
      .command('hash')
      .description('Compares every version with its file; exits with 3 if one differs.')
      .argument('[name]', 'only this schema')
      .addOption(new Option('--all').hideHelp())
  ).action(async (name: string | undefined, flags: HashFlags) =>
    (await load()).runSchemaHash(name, flags)
  )
  writeOptions(
    schema
      .command('set-status')
      .description('Changes the status of a version.')
      .argument('<name>', '<name>:<version>')
      .addArgument(new Argument('<status>', 'the new status').choices(STATUSES))
  ).action(async (name: string, status: Status, flags: WriteFlags) =>
    (await load()).runSchemaSetStatus(name, status, flags)
  )
}

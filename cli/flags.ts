// What the declarations of commands share: examples in the help, and flags that check themselves.
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Output, WideOutput } from './output.ts'

/** Every command teaches by example. */
export const examples = (command: Command, text: string): Command =>
  command.addHelpText('after', `\nExamples:\n${text.trimEnd().replace(/^\n/, '')}`)

export const outputOption = (): Option =>
  new Option('-o, --output <form>', 'how to print the result')
    .choices(['table', 'json'] satisfies Output[])
    .default('table')

export const wideOutputOption = (): Option =>
  new Option('-o, --output <form>', 'how to print the result; wide: with more columns')
    .choices(['table', 'json', 'wide'] satisfies WideOutput[])
    .default('table')

/** For an option that may be given several times. */
export const collect = (
  value: string,
  before: readonly string[] | undefined
): readonly string[] => [...(before ?? []), value]

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`)
    return value
  }

export const pathOption = (): Option =>
  new Option('-p, --path <folder>', 'folder of resources (default: the nearest folder exchanges)')

export const readOutputOption = (): Option =>
  new Option('-o, --output <form>', 'how to print the result')
    .choices(['table', 'yaml', 'json'])
    .default('table')

/** Of a command that writes a file. */
export const writeOptions = (command: Command): Command =>
  command
    .addOption(pathOption())
    .option('--dry-run', 'show what would be written, and write nothing')
    .addOption(
      new Option('-o, --output <form>', 'print what changed, or the whole file')
        .choices(['table', 'yaml', 'json'])
        .default('table')
    )

export const clusterOptions = (command: Command): Command =>
  command
    .option('-n, --namespace <name>', "default: that of the kubeconfig's context")
    .option('--context <name>', 'context of the kubeconfig file')
    .option('--kubeconfig <file>', 'default: $KUBECONFIG, else ~/.kube/config')

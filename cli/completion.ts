// What can come next on a command line: commands, flags, the choices of a flag, and the names of resources. Derived from the
// declarations of the commands, so that it never lags behind them.

import type { Argument, Command, Option } from 'commander'
import type { Kind } from '#crds/kinds.ts'

/** Which names an argument or a flag takes, by its own name. */
export type NamesOf = (what: Kind) => Promise<readonly string[]>

const KIND_OF: Readonly<Record<string, Kind>> = {
  feed: 'Feed',
  env: 'Environment',
  environment: 'Environment',
  archive: 'Archive',
  signal: 'Signal',
}

/** The words that fit behind `words`, of which the last one is being typed. */
export async function candidates(
  program: Command,
  words: readonly string[],
  namesOf: NamesOf
): Promise<string[]> {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  let command = program
  let taken = 0
  let waiting: Option | undefined
  for (const word of before) {
    if (waiting !== undefined) waiting = undefined
    else if (word.startsWith('-')) waiting = valueOption(command, word)
    else {
      const next = command.commands.find((one) => one.name() === word)
      if (next === undefined) taken++
      else {
        command = next
        taken = 0
      }
    }
  }
  const fits = (names: readonly string[]) => names.filter((name) => name.startsWith(typed)).sort()
  if (waiting !== undefined) return fits(await valuesOf(waiting, namesOf))
  if (typed.startsWith('-')) return fits(flagsOf(command))
  const commands = command.commands.filter((one) => !isHidden(one)).map((one) => one.name())
  if (commands.length > 0) return fits([...commands, ...(command === program ? ['help'] : [])])
  const argument = command.registeredArguments[taken]
  return argument === undefined ? [] : fits(await namesFor(argument, command, namesOf))
}

const isHidden = (command: Command): boolean =>
  (command as Command & { readonly _hidden?: boolean })._hidden === true

const flagsOf = (command: Command): string[] => [
  ...command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []),
  '--help',
]

function valueOption(command: Command, word: string): Option | undefined {
  if (word.includes('=')) return undefined
  const option = command.options.find(({ long, short }) => long === word || short === word)
  return option?.required || option?.optional ? option : undefined
}

async function valuesOf(option: Option, namesOf: NamesOf): Promise<readonly string[]> {
  if (option.argChoices) return option.argChoices
  const name = option
    .name()
    .replace(/^(add|remove)-/, '')
    .replace('simulate', 'feed')
  const kind = KIND_OF[name]
  return kind === undefined ? [] : namesOf(kind)
}

async function namesFor(
  argument: Argument,
  command: Command,
  namesOf: NamesOf
): Promise<readonly string[]> {
  if (argument.argChoices) return argument.argChoices
  // A name that is to be created does not exist yet.
  if (command.name() === 'create') return []
  const own = argument.name() === 'name' ? command.parent?.name() : argument.name()
  const kind = KIND_OF[own ?? '']
  return kind === undefined ? [] : namesOf(kind)
}

const BASH = `# bash completion of ssmd. Load it with: source <(ssmd completion bash)
_ssmd() {
  local IFS=$'\\n'
  COMPREPLY=($(ssmd complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ssmd ssmd
`
const ZSH = `#compdef ssmd
# zsh completion of ssmd. Load it with: source <(ssmd completion zsh)
_ssmd() {
  local -a found
  found=("\${(@f)$(ssmd complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _ssmd ssmd
`
const FISH = `# fish completion of ssmd. Load it with: ssmd completion fish | source
complete -c ssmd -f -a '(ssmd complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`

export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const
export type Shell = keyof typeof SCRIPTS

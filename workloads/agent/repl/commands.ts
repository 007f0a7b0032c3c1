// The slash commands: what each is called, what it takes, and which tool it calls if it is one that needs no model.

export type SlashCommand = {
  readonly name: string
  /** As help shows it. */
  readonly takes: string
  readonly says: string
  /** Calls this tool, and no model. */
  readonly tool?: string
  /** Input of the tool from the words behind the command. Throws an Error that says what is missing. */
  readonly input?: (words: readonly string[]) => Readonly<Record<string, unknown>>
}

const needed = (words: readonly string[], at: number, what: string): string => {
  const word = words[at]
  if (word === undefined) throw new Error(`${what} is missing`)
  return word
}
const optional = (name: string, word: string | undefined) =>
  word === undefined ? {} : { [name]: word }
const nextDay = (day: string): string =>
  new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
const onDay = (day: string | undefined) =>
  day === undefined || Number.isNaN(Date.parse(day)) ? {} : { from: day, to: nextDay(day) }

export const COMMANDS: readonly SlashCommand[] = [
  { name: 'help', takes: '', says: 'these commands' },
  { name: 'feeds', takes: '', says: 'feeds of the archive', tool: 'feeds', input: () => ({}) },
  {
    name: 'datasets',
    takes: '[feed] [day]',
    says: 'days with records, size, gaps, condition',
    tool: 'datasets',
    input: ([feed, day]) => ({ ...optional('feed', feed), ...onDay(day) }),
  },
  {
    name: 'coverage',
    takes: '[feed] [day]',
    says: 'what of the time is captured',
    tool: 'coverage',
    input: ([feed, day]) => ({ ...optional('feed', feed), ...onDay(day) }),
  },
  {
    name: 'gaps',
    takes: '[feed] [day]',
    says: 'holes, with their causes',
    tool: 'gaps',
    input: ([feed, day]) => ({ ...optional('feed', feed), ...onDay(day) }),
  },
  {
    name: 'symbols',
    takes: '<feed> [day]',
    says: 'instruments with their records',
    tool: 'symbols',
    input: (words) => ({ feed: needed(words, 0, 'the feed'), ...onDay(words[1]) }),
  },
  {
    name: 'sample',
    takes: '<feed> <day> [type]',
    says: 'some frames as received',
    tool: 'records',
    input: (words) => ({
      feed: needed(words, 0, 'the feed'),
      ...onDay(needed(words, 1, 'the day')),
      ...optional('type', words[2]),
      limit: 5,
    }),
  },
  {
    name: 'schema',
    takes: '<feed> [type]',
    says: 'fields of the frames',
    tool: 'schema',
    input: (words) => ({ feed: needed(words, 0, 'the feed'), ...optional('type', words[1]) }),
  },
  {
    name: 'bars',
    takes: '<feed> <symbol> <day> [interval]',
    says: 'bars of a day',
    tool: 'bars',
    input: (words) => ({
      feed: needed(words, 0, 'the feed'),
      symbol: needed(words, 1, 'the symbol'),
      ...onDay(needed(words, 2, 'the day')),
      interval: words[3] ?? '1h',
    }),
  },
  {
    name: 'builders',
    takes: '',
    says: 'what signals can be given',
    tool: 'builders',
    input: () => ({}),
  },
  {
    name: 'sql',
    takes: '<select …>',
    says: 'SQL over the archive',
    tool: 'query',
    input: (words) => ({
      sql: needed(
        [words.join(' ')].filter((text) => text !== ''),
        0,
        'the statement'
      ),
    }),
  },
  {
    name: 'backtest',
    takes: '<signal> <feed> <day>',
    says: 'run a signal over a day',
    tool: 'backtest',
    input: (words) => ({
      name: needed(words, 0, 'the signal'),
      feeds: [needed(words, 1, 'the feed')],
      ...onDay(needed(words, 2, 'the day')),
    }),
  },
  {
    name: 'runs',
    takes: '[signal]',
    says: 'runs of backtests',
    tool: 'runs',
    input: ([signal]) => optional('signal', signal),
  },
  {
    name: 'deploy',
    takes: '<signal>',
    says: 'commit a signal as a resource; asks first',
    tool: 'signal_deploy',
    input: (words) => ({ name: needed(words, 0, 'the signal') }),
  },
  {
    name: 'validate',
    takes: '',
    says: 'check the resources of the repository',
    tool: 'validate',
    input: () => ({}),
  },
  {
    name: 'diff',
    takes: '',
    says: 'what changed since the last commit',
    tool: 'diff',
    input: () => ({}),
  },
  {
    name: 'describe',
    takes: '<kind> <name>',
    says: 'an object of the cluster with its events',
    tool: 'kubectl_describe',
    input: (words) => ({ kind: needed(words, 0, 'the kind'), name: needed(words, 1, 'the name') }),
  },
  {
    name: 'signals',
    takes: '',
    says: 'signals in the cluster',
    tool: 'kubectl_get',
    input: () => ({ kind: 'signals' }),
  },
  { name: 'tools', takes: '', says: 'all tools, with their class' },
  { name: 'skills', takes: '', says: 'what the agent can look up' },
  { name: 'model', takes: '[name]', says: 'show or change the model' },
  { name: 'cost', takes: '', says: 'what the session cost so far' },
  { name: 'compact', takes: '[focus]', says: 'replace older turns by a summary' },
  { name: 'rewind', takes: '[n]', says: 'forget the last n things you said' },
  { name: 'fork', takes: '', says: 'continue in a copy of this session' },
  { name: 'sessions', takes: '', says: 'sessions that are kept' },
  { name: 'resume', takes: '<id>', says: 'continue another session' },
  { name: 'show', takes: '', says: 'the whole text of what waits for approval' },
  { name: 'export', takes: '<file>', says: 'write the transcript as markdown' },
  { name: 'clear', takes: '', says: 'begin a new session' },
  { name: 'quit', takes: '', says: 'end' },
]

/** The command of a line that begins with a slash, and the words behind it. */
export function readSlash(line: string): {
  readonly command: SlashCommand | undefined
  readonly name: string
  readonly words: readonly string[]
} {
  const [name = '', ...words] = line.slice(1).trim().split(/\s+/)
  return {
    command: COMMANDS.find((one) => one.name === name),
    name,
    words: words.filter((word) => word !== ''),
  }
}

/** For the completion of a line: what it may become. */
export const completions = (line: string): string[] =>
  line.startsWith('/')
    ? COMMANDS.map(({ name }) => `/${name}`).filter((name) => name.startsWith(line))
    : []

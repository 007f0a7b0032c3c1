// The prompt of the agent. It is shown before anything large is loaded; what is typed goes to a command, a plan or the model, and whatever
// happens the prompt comes again.

import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface, type Interface } from 'node:readline/promises'
import { describeError } from '#crds/errors.ts'
import type { JsonObject } from '#data/tools/tool.ts'
import type { AgentEvent } from '../agent-events.ts'
import type { Desk } from '../desk.ts'
import { planOf } from '../plans.ts'
import { PlainRenderer, visible } from '../render/plain.ts'
import { sparkline, tableOf } from '../render/table.ts'
import { costText, markdownOf } from '../render/transcript.ts'
import { findSession, forkSession, listSessions, newSessionId } from '../session/folders.ts'
import type { Session } from '../session/session.ts'
import { readTranscript } from '../session/transcript.ts'
import { askDecisions } from './approve.ts'
import { COMMANDS, completions, readSlash, type SlashCommand } from './commands.ts'
import { keepHistory, readHistory } from './history.ts'

export type ReplOptions = {
  readonly openDesk: () => Promise<Desk>
  /** Of all sessions. */
  readonly folder: string
  readonly sessionId: string
  /** Whether a model can be asked. */
  readonly hasModel: boolean
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WriteStream
  readonly color: boolean
  readonly nowMs: () => number
}

const PROMPT = 'ssmd> '
const MORE = '  ... '
const HISTORY = 1000

export class Repl {
  readonly #options: ReplOptions
  readonly #renderer: PlainRenderer
  #desk: Promise<Desk> | undefined
  #session: Promise<Session> | undefined
  #id: string
  /** Of the turn that is running. */
  #turn: AbortController | undefined
  #isOver = false

  constructor(options: ReplOptions) {
    const { output, color } = options
    this.#options = options
    this.#id = options.sessionId
    this.#renderer = new PlainRenderer((text) => void output.write(text), {
      color,
      width: output.columns || 80,
    })
  }

  async run(): Promise<void> {
    const { input, output, folder, hasModel } = this.#options
    const historyFile = join(dirname(folder), 'history')
    const terminal = createInterface({
      input,
      output,
      history: await readHistory(historyFile, HISTORY),
      historySize: HISTORY,
      removeHistoryDuplicates: true,
      completer: (line: string): [string[], string] => [completions(line), line],
      terminal: output.isTTY === true,
    })
    terminal.on('SIGINT', () => this.#interrupt(terminal))
    this.#say(hasModel ? 'ssmd agent. /help shows the commands; Ctrl-C stops an answer.' : NO_MODEL)
    const lines = linesOf(terminal)
    try {
      // Sessions of before: what waits for an approval is asked again.
      if (hasModel && (await listSessions(folder)).some(({ id }) => id === this.#id))
        await this.#pending(lines)
      for (;;) {
        const line = await lines.next(PROMPT)
        if (line === undefined) break
        const text = await this.#whole(line, lines)
        if (text.trim() === '') continue
        await keepHistory(historyFile, text)
        await this.#do(text.trim(), lines).catch((thrown: unknown) =>
          this.#say(describeError(thrown))
        )
        if (this.#isOver) break
      }
    } finally {
      terminal.close()
      await this.#close()
    }
  }

  /** A line that ends in a backslash continues. */
  async #whole(first: string, lines: Lines): Promise<string> {
    let text = first
    while (text.endsWith('\\')) {
      const more = await lines.next(MORE)
      if (more === undefined) break
      text = `${text.slice(0, -1)}\n${more}`
    }
    return text
  }

  async #do(text: string, lines: Lines): Promise<void> {
    if (text.startsWith('/')) return await this.#slash(text, lines)
    if (this.#options.hasModel) {
      const session = await this.#opened()
      const isResumed = /^(continue|go on)$/i.test(text) && (await session.isUnfinished())
      return await this.#talk(
        (signal) => (isResumed ? session.resume(signal) : session.send(text, signal)),
        session,
        lines
      )
    }
    const desk = await this.#desked()
    const feeds = await feedsOf(desk)
    const plan = planOf(text, feeds, this.#options.nowMs())
    if (plan === undefined) {
      this.#say(
        'This needs a model: set ANTHROPIC_API_KEY, or ANTHROPIC_BASE_URL for a local one. /help shows what works without.'
      )
      return
    }
    for (const { tool, input } of plan) await this.#call(desk, tool, input)
  }

  async #slash(text: string, lines: Lines): Promise<void> {
    const { command, name, words } = readSlash(text)
    if (command === undefined) {
      const near = completions(`/${name.slice(0, 2)}`)
      this.#say(
        `There is no command /${visible(name)}${near.length > 0 ? `: ${near.join(', ')}?` : ', see /help'}`
      )
      return
    }
    if (command.tool !== undefined) return await this.#direct(command, words, lines)
    await this.#own(command.name, words, lines)
  }

  async #direct(
    { tool = '', input }: SlashCommand,
    words: readonly string[],
    lines: Lines
  ): Promise<void> {
    const desk = await this.#desked()
    const given = input?.(words) ?? {}
    const found = desk.tools.get(tool)
    if (found?.preview === undefined) return await this.#call(desk, tool, given)
    // A person who types the command approves what it shows, as for the model.
    const context = { signal: this.#begin(), onProgress: () => {} }
    const preview = await found.preview(given as JsonObject, context)
    const call = { ...preview, id: 'typed', tool, class: found.class, input: given }
    this.#renderer.approval(call)
    const { typed } = await askDecisions(
      [call],
      (prompt) => lines.next(prompt),
      (line) => this.#say(line)
    )
    if (typed?.decision !== 'approve') return this.#say('Not done.')
    const result = await desk.tools.call(tool, given, context, preview)
    this.#say(result.ok ? result.summary : result.error.message)
  }

  async #own(name: string, words: readonly string[], lines: Lines): Promise<void> {
    const { folder, nowMs } = this.#options
    switch (name) {
      case 'help': {
        for (const { name, takes, says } of COMMANDS)
          this.#say(`  ${`/${name} ${takes}`.padEnd(36)}${says}`)
        return
      }
      case 'tools': {
        for (const { name, class: kind, unavailable } of (await this.#desked()).tools.all) {
          const why = unavailable?.()
          this.#say(`  ${name.padEnd(26)}${kind}${why === undefined ? '' : `, not here: ${why}`}`)
        }
        return
      }
      case 'skills':
        for (const { name, description } of (await this.#desked()).skills)
          this.#say(`  ${name.padEnd(22)}${description}`)
        return
      case 'model': {
        const desk = await this.#desked()
        if (words[0] !== undefined) desk.model = words[0]
        return this.#say(desk.model)
      }
      case 'cost': {
        const lines = await readTranscript(join(folder, this.#id, 'transcript.jsonl'))
        return this.#say(costText(lines))
      }
      case 'compact': {
        const desk = await this.#desked()
        const done = await desk.compact(await this.#opened(), words.join(' '), this.#begin())
        return this.#say(done ? 'Older turns are now a summary.' : 'There is nothing to summarise.')
      }
      case 'rewind': {
        const count = await (await this.#opened()).rewind(Math.max(1, Number(words[0] ?? 1) || 1))
        return this.#say(`${count} forgotten.`)
      }
      case 'fork': {
        await this.#leave()
        this.#id = await forkSession(folder, this.#id, nowMs())
        return this.#say(`This is ${this.#id} now; the other one is kept as it was.`)
      }
      case 'sessions': {
        for (const { id, changedMs, title } of (await listSessions(folder)).slice(0, 20)) {
          this.#say(
            `  ${id}  ${new Date(changedMs).toISOString().slice(0, 16)}  ${visible(title).replace(/\s+/g, ' ').slice(0, 48)}`
          )
        }
        return
      }
      case 'resume': {
        const { id } = await findSession(folder, words[0])
        await this.#leave()
        this.#id = id
        this.#say(`This is ${id} now.`)
        return await this.#pending(lines)
      }
      case 'show': {
        const calls = await (await this.#opened()).pending()
        for (const { text } of calls) this.#say(visible(text))
        return calls.length === 0 ? this.#say('Nothing waits for approval.') : undefined
      }
      case 'export': {
        const file = words[0]
        if (file === undefined)
          return this.#say('Write the name of a file behind it: /export session.md')
        await writeFile(
          file,
          markdownOf(await readTranscript(join(folder, this.#id, 'transcript.jsonl'))),
          { flag: 'wx' }
        )
        return this.#say(`Written to ${file}.`)
      }
      case 'clear':
        await this.#leave()
        this.#id = newSessionId(nowMs())
        return this.#say('A new session.')
      case 'quit':
        this.#isOver = true
    }
  }

  /** What waits for an approval from before is shown again. */
  async #pending(lines: Lines): Promise<void> {
    const session = await this.#opened()
    const calls = await session.pending()
    if (calls.length === 0) return
    this.#renderer.show({ kind: 'approval', calls })
    await this.#decide(session, lines)
  }

  async #decide(session: Session, lines: Lines): Promise<void> {
    const decisions = await askDecisions(
      await session.pending(),
      (prompt) => lines.next(prompt),
      (line) => this.#say(line)
    )
    await this.#talk((signal) => session.decide(decisions, signal), session, lines)
  }

  async #talk(
    begin: (signal: AbortSignal) => AsyncGenerator<AgentEvent>,
    session: Session,
    lines: Lines
  ): Promise<void> {
    let isAsked = false
    for await (const event of begin(this.#begin())) {
      this.#renderer.show(event)
      if (event.kind === 'tool-end' && event.ok) this.#picture(event.text)
      if (event.kind === 'done') isAsked = event.reason === 'approval'
    }
    this.#turn = undefined
    if (isAsked) await this.#decide(session, lines)
  }

  async #call(desk: Desk, tool: string, input: object): Promise<void> {
    for await (const event of desk.call(tool, input, this.#begin())) {
      this.#renderer.show(event)
      if (event.kind === 'tool-end' && event.ok) this.#picture(event.text, true)
    }
    this.#turn = undefined
  }

  /** Rows as a table, if a person asked for them; prices of bars as a line in any case. */
  #picture(text: string, isWhole = false): void {
    const width = this.#options.output.columns || 80
    const { rows, ...rest } = JSON.parse(text) as {
      rows?: readonly JsonObject[]
      lines?: readonly string[]
    }
    if (rows !== undefined && rows.length > 0) {
      const closes = rows.map(({ close }) => Number(close ?? Number.NaN))
      const line = sparkline(closes, width - 4)
      if (line !== '') this.#say(`    ${line}`)
      if (isWhole) for (const row of tableOf(rows, width)) this.#say(row)
    } else if (isWhole)
      for (const line of rest.lines ?? JSON.stringify(rest, null, 2).split('\n'))
        this.#say(visible(line))
  }

  #begin(): AbortSignal {
    this.#turn = new AbortController()
    return this.#turn.signal
  }

  /** Stops what runs; at the prompt it ends the program. */
  #interrupt(terminal: Interface): void {
    if (this.#turn !== undefined && !this.#turn.signal.aborted) {
      this.#turn.abort(new Error('interrupted'))
      return
    }
    this.#isOver = true
    terminal.close()
  }

  #desked(): Promise<Desk> {
    this.#desk ??= this.#options.openDesk()
    return this.#desk
  }

  async #opened(): Promise<Session> {
    this.#session ??= this.#desked().then((desk) =>
      desk.session(join(this.#options.folder, this.#id))
    )
    // What failed is tried again the next time.
    this.#session.catch(() => {
      this.#session = undefined
    })
    return await this.#session
  }

  async #leave(): Promise<void> {
    await (await this.#session?.catch(() => undefined))?.close()
    this.#session = undefined
  }

  async #close(): Promise<void> {
    await this.#leave()
    const desk = await this.#desk?.catch(() => undefined)
    await desk?.[Symbol.asyncDispose]()
  }

  #say(line: string): void {
    this.#options.output.write(`${line}\n`)
  }
}

const NO_MODEL = `ssmd agent, without a model: ANTHROPIC_API_KEY is not set. Commands work, and short sentences
such as "explore <feed> yesterday". /help shows the commands.`

type Lines = { readonly next: (prompt: string) => Promise<string | undefined> }

/** Lines in order, whether they are typed one by one or come together from a pipe. */
function linesOf(terminal: Interface): Lines {
  const waiting: string[] = []
  let wanted: ((line: string | undefined) => void) | undefined
  let isClosed = false
  terminal.on('line', (line) => {
    if (wanted === undefined) waiting.push(line)
    else {
      const give = wanted
      wanted = undefined
      give(line)
    }
  })
  terminal.on('close', () => {
    isClosed = true
    wanted?.(undefined)
  })
  return {
    next: (text) => {
      const line = waiting.shift()
      if (line !== undefined) return Promise.resolve(line)
      if (isClosed) return Promise.resolve(undefined)
      terminal.setPrompt(text)
      terminal.prompt()
      return new Promise((resolve) => {
        wanted = resolve
      })
    },
  }
}

async function feedsOf(desk: Desk): Promise<readonly string[]> {
  const signal = new AbortController().signal
  const result = await desk.tools.call('feeds', {}, { signal, onProgress: () => {} })
  if (!result.ok) throw new Error(result.error.message)
  const { rows = [] } = JSON.parse(result.text) as { rows?: readonly { feed: string }[] }
  return rows.map(({ feed }) => feed)
}

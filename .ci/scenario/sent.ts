// What an exchange sent against what the archive holds, byte for byte. Pure.
//
// The exchange writes down each data frame for each client; the archive has records of connections. A connection must
// be one client, from its first frame on, without a frame missing, changed, twice or out of order. What follows the
// last archived frame was sent while nobody received it any more: then a gap of that connection has to say so.

import type { CheckedArchive, CheckedGap, CheckedRecord } from '#testing/checker.ts'

export type SentVerdict = {
  /** Frames that are archived as they were sent. */
  readonly frames: number
  readonly connections: number
  /** Sent to a connection behind its last archived frame, all of them inside of a gap. */
  readonly unreceived: number
  readonly problems: readonly string[]
}

/**
 * `journals`: one for each life of the exchange, of lines `{"client":<n>,"frame":<bytes>}`, as `ssmd simulator --journal`
 * writes them. With `goesOn` the exchange runs on: what is of a life that has no journal yet is left out.
 */
export function compareSent(
  journals: readonly string[],
  archive: CheckedArchive,
  goesOn = false
): SentVerdict {
  const sent = readJournals(journals)
  const problems: string[] = []
  let frames = 0
  let unreceived = 0
  let connections = 0
  for (const [connection, records] of archive.connections) {
    const archived = dataFrames(records)
    if (archived.length === 0) continue
    connections++
    const client = [...sent].find(([, list]) => list[0] === archived[0])
    if (client === undefined) {
      if (goesOn) continue
      problems.push(`${connection}: its first frame was never sent first: ${archived[0]}`)
      continue
    }
    sent.delete(client[0])
    const first = archived.findIndex((frame, i) => frame !== client[1][i])
    if (first >= 0) {
      problems.push(
        `${connection}: data frame ${first + 1} is ${archived[first]}, sent was ${client[1][first] ?? 'nothing'}`
      )
      continue
    }
    frames += archived.length
    const rest = client[1].length - archived.length
    unreceived += rest
    const at = records.at(-1)?.recv ?? ''
    // A connection that ended before it was ready lies in the gap of the one before it, and has none of its own. One that
    // ended while another went on (a pod that was deleted by force) left no hole: that one was sent the same.
    const isNamed =
      archive.gaps.some((gap) => gap.connection === connection || holds(gap, at)) ||
      [...archive.connections].some(([other, list]) => other !== connection && spans(list, at))
    if (rest > 0 && !isNamed) {
      problems.push(
        `${connection}: ${rest} frames were sent after its last one (${at}), and no gap says so: ${JSON.stringify(archive.gaps)}`
      )
    }
  }
  for (const [client, list] of sent) {
    // A connection of which nothing was kept: only its last words may be so short.
    if (list.length > 0) problems.push(`client ${client}: ${list.length} frames, and no connection`)
  }
  return { frames, connections, unreceived, problems }
}

/** Times are of one form and one length: they sort as texts. */
const holds = ({ from, to }: CheckedGap, at: string): boolean =>
  from <= at && (to === null || at <= to)

const spans = (records: readonly CheckedRecord[], at: string): boolean =>
  (records[0]?.recv ?? '~') <= at && at < (records.at(-1)?.recv ?? '')

/** Answers to commands are control frames: the journal does not have them. */
const dataFrames = (records: readonly CheckedRecord[]): string[] =>
  records.flatMap(({ frame, group }) => (frame === null || group === 'control' ? [] : [frame]))

function readJournals(journals: readonly string[]): Map<string, string[]> {
  const clients = new Map<string, string[]>()
  for (const [life, text] of journals.entries()) {
    for (const line of text.split('\n')) {
      const match = /^\{"client":(\d+),"frame":/.exec(line)
      if (match === null) continue
      const client = `${match[1]} of life ${life + 1}`
      const list = clients.get(client) ?? []
      if (list.length === 0) clients.set(client, list)
      list.push(line.slice(match[0].length, -1))
    }
  }
  return clients
}

// Callers of the data API, as a thread: readers that ask again and again, and some that ask for a whole day and take nothing of it.
// Told to end, it says how many answers with rows there were.

import { Agent, get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { DAY, FEED } from './day.ts'

export const CONNECTIONS = 500
export const SLOW = 50

if (!isMainThread) {
  const url = workerData as string
  let answers = 0
  for (let i = 0; i < SLOW; i++) slowReader(url)
  for (let i = SLOW; i < CONNECTIONS; i++)
    void askForEver(url, (status) => {
      if (status === 200) answers++
      // Overload is answered with 503: the reader comes again.
      else if (status !== 503) throw new Error(`/v1/datasets: ${status}`)
    })
  parentPort!.once('message', () => parentPort!.postMessage(answers))
}

function slowReader(url: string): void {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  const path = `/v1/records?feed=${FEED}&from=${DAY}&format=ndjson`
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  socket.pause()
  // It is cut off, which it learns when it is ended.
  socket.on('error', () => {})
}

async function askForEver(url: string, onAnswer: (status: number) => void): Promise<never> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (;;) {
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get(`${url}v1/datasets`, { agent }, resolve).once('error', reject)
    )
    for await (const _ of response);
    onAnswer(response.statusCode!)
  }
}

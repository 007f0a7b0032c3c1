// Loopback ports for processes of this computer: whether one is free, and one that is.
import { createServer } from 'node:net'

/** Whether no program listens on that port of that address. */
export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await listenOnce(port, host)) !== undefined
}

/** The first free one of those wanted, else any free one. */
export async function freePort(wanted: readonly number[] = []): Promise<number> {
  for (const port of wanted) if (await isFree(port)) return port
  const port = await listenOnce(0, '127.0.0.1')
  if (port === undefined) throw new Error('no free port on 127.0.0.1')
  return port
}

async function listenOnce(port: number, host: string): Promise<number | undefined> {
  const server = createServer()
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
        else reject(error)
      })
      server.listen({ port, host, exclusive: true }, () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

// An SMTP server for tests (RFC 5321, 3207, 4954): it takes mail, insists on what its options say, and refuses what comes out of order.

import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket } from 'node:tls'

export type TestCertificate = { readonly key: string; readonly cert: string }

export type SmtpOptions = {
  /** `tls`: from the first byte. `starttls`: offered, and wanted before anything else. */
  readonly security: 'none' | 'starttls' | 'tls'
  readonly certificate?: TestCertificate
  readonly user?: string
  readonly password?: string
  /** Answers a command instead of the usual: `RCPT TO:<a@b>` or `DATA` (its end). */
  readonly answer?: (command: string) => string | undefined
}

export type TakenMail = {
  readonly from: string
  readonly to: string[]
  readonly data: string
  readonly isTls: boolean
}

export type SmtpServer = { readonly port: number; readonly mails: TakenMail[]; close(): void }

export async function startSmtp(options: SmtpOptions): Promise<SmtpServer> {
  const mails: TakenMail[] = []
  const sockets = new Set<Socket>()
  const greet = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    serve(socket, options, mails)
  }
  const { certificate } = options
  const server: Server =
    options.security === 'tls' ? createTlsServer({ ...certificate }, greet) : createServer(greet)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function serve(first: Socket, options: SmtpOptions, mails: TakenMail[]): void {
  let socket: Socket = first
  let isTls = options.security === 'tls'
  let isKnown = options.user === undefined
  let mail: { from: string; to: string[] } | undefined
  let buffer = ''
  let data: string | undefined
  const say = (text: string): void => {
    socket.write(`${text}\r\n`)
  }
  const refuseOr = (command: string, usual: string): boolean => {
    const answer = options.answer?.(command)
    say(answer ?? usual)
    return answer === undefined
  }
  const take = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO') {
      const offers = ['test.invalid']
      if (options.security === 'starttls' && !isTls) offers.push('STARTTLS')
      if (options.user !== undefined && (isTls || options.security === 'none'))
        offers.push('AUTH PLAIN')
      offers.push('8BITMIME')
      say(offers.map((one, i) => `250${i === offers.length - 1 ? ' ' : '-'}${one}`).join('\r\n'))
    } else if (line.toUpperCase() === 'STARTTLS' && options.security === 'starttls') {
      say('220 go ahead')
      socket.removeAllListeners('data')
      socket = new TLSSocket(first, { isServer: true, ...options.certificate })
      socket.on('error', () => {})
      isTls = true
      listen()
    } else if (options.security === 'starttls' && !isTls && verb !== 'QUIT')
      say('530 STARTTLS first')
    else if (verb === 'AUTH') {
      const [, , token = ''] = line.split(' ')
      isKnown = Buffer.from(token, 'base64').toString() === `\0${options.user}\0${options.password}`
      // Servers that quote what they were sent exist.
      say(
        isKnown
          ? '235 welcome'
          : `535 not known: ${Buffer.from(token, 'base64').toString().replaceAll('\0', ' ')}`
      )
    } else if (verb === 'QUIT') {
      say('221 bye')
      socket.end()
    } else if (!isKnown) say('530 who are you')
    else if (verb === 'MAIL') {
      if (refuseOr(line, '250 ok')) mail = { from: addressIn(line), to: [] }
    } else if (verb === 'RCPT') {
      if (mail === undefined) say('503 MAIL first')
      else if (refuseOr(line, '250 ok')) mail.to.push(addressIn(line))
    } else if (verb === 'DATA') {
      if (mail === undefined || mail.to.length === 0) say('503 RCPT first')
      else {
        data = ''
        say('354 end with a dot')
      }
    } else say('502 not known')
  }
  const onData = (chunk: Buffer): void => {
    buffer += chunk.toString('utf8')
    for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
      const line = buffer.slice(0, end)
      buffer = buffer.slice(end + 2)
      if (data === undefined) take(line)
      else if (line === '.') {
        if (refuseOr('DATA', '250 taken')) mails.push({ ...mail!, data, isTls })
        data = undefined
        mail = undefined
      } else data += `${line.startsWith('.') ? line.slice(1) : line}\r\n`
    }
  }
  const listen = (): void => {
    socket.on('data', onData)
  }
  listen()
  say('220 test.invalid')
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? ''

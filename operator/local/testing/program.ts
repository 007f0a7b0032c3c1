// Stands in for `ssmd <role>` in tests of operator/local: says `ready`, serves its health, ends on SIGTERM. The file
// `<role>.mode` beside it tells it to behave badly; what it was started with is left in a file.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'

// A test's folder has a link to this file: there are its modes, and there it leaves its marks.
const dir = dirname(process.argv[1] ?? '.')
const [role = '', ...args] = process.argv.slice(2)
const modeFile = join(dir, `${role}.mode`)
const mode = existsSync(modeFile) ? readFileSync(modeFile, 'utf8').trim() : ''
const say = (line: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(line)}\n`)

mkdirSync(join(dir, 'starts'), { recursive: true })
// Whole at once: a test looks into the folder at any moment.
const whole = (name: string, text: string) => {
  const path = join(dir, 'starts', name)
  writeFileSync(`${path}.tmp`, text)
  renameSync(`${path}.tmp`, path)
}
whole(
  `${role}.${process.pid}.json`,
  JSON.stringify({ role, args, env: process.env, at: Date.now() })
)

if (mode === 'fails') {
  say({ level: 'fatal', msg: 'the key is refused', hint: 'look at it', code: 'SSMD_E_CREDENTIALS' })
  process.exit(1)
}
if (mode === 'crashes') throw new Error('no such thing')

const at = args.indexOf('--health-addr')
const [host, port] = (args[at + 1] ?? '127.0.0.1:0').split(':')
const server = createServer((request, response) => {
  if (mode === 'deaf' && request.url === '/livez') response.writeHead(503)
  if (mode === 'unready' && request.url === '/readyz') response.writeHead(503)
  response.end(
    request.url === '/readyz' && mode === 'unready' ? 'waiting for the exchange\n' : 'ok\n'
  )
})
server.listen(Number(port), host, () =>
  say({ level: 'info', msg: 'ready', health: `${host}:${port}` })
)

const end = () => {
  whole(`${role}.${process.pid}.end`, String(Date.now()))
  if (mode === 'stubborn') return
  process.exit(0)
}
process.on('SIGTERM', end)
// As every child does: the end of standard input is the end of the parent.
process.stdin.on('end', end)
process.stdin.resume()
if (mode === 'warns') say({ level: 'warn', msg: 'slow exchange', hint: 'wait' })

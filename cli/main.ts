// Where every `ssmd` process starts: the command a person types, and the roles that `ssmd up` or a cluster
// runs. It loads next to nothing itself, so that each command pays only for what it uses.
import { enableCompileCache } from 'node:module'
import { endWithParent } from './parent.ts'

// Compiled code is kept between runs: `ssmd --help` starts in half the time.
enableCompileCache()
endWithParent(process.env)

const { runCommandLine } = await import('./program.ts')
await runCommandLine(process.argv.slice(2))

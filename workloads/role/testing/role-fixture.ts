// A program for run.test.ts: argument 1 says how it behaves.
import { SsmdError } from '#crds/errors.ts'
import { announceReady, runRole, stopped } from '../run.ts'

const [, , , healthAddr = '127.0.0.1:0', lastWords] = process.argv
const options = { name: 'fixture', healthAddr, ...(lastWords === undefined ? {} : { lastWords }) }
await runRole(options, async (role) => {
  switch (process.argv[2]) {
    case 'throws':
      throw new SsmdError('SSMD_E_REFERENCE', 'nothing of that name', { hint: 'name another' })
    case 'rejects':
      void Promise.reject(new Error('left alone'))
      break
    case 'dies':
      role.health.dead('broken beyond repair')
      break
  }
  if (process.argv[2] === 'dies') role.log.info({ health: role.healthAddress }, 'ready')
  else announceReady(role, { extra: 1 })
  await stopped(role)
})

// How a test comes to its real programs: by a variable, or by asking the command that builds them.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SsmdError } from '#crds/errors.ts'
import { toolPath, toolVariable } from './tools.ts'

const test = suite('tools of tests')
const NAME = 'never-made'
const VARIABLE = toolVariable(NAME)
test.after.each(() => {
  delete process.env[VARIABLE]
})

const failure = async (): Promise<SsmdError> => {
  const error = await toolPath(NAME).catch((thrown: unknown) => thrown)
  assert.instance(error, SsmdError)
  assert.is((error as SsmdError).code, 'SSMD_E_TOOL_MISSING')
  return error as SsmdError
}

test('a variable names the program, and no command is asked', async () => {
  process.env[VARIABLE] = process.execPath
  assert.is(await toolPath(NAME), process.execPath)
})

test('a variable that names nothing that runs is an error that names it', async () => {
  process.env[VARIABLE] = '/nowhere/at-all'
  assert.match((await failure()).message, `${VARIABLE} names /nowhere/at-all`)
})

test('without a variable the command is asked, and what it says when it fails is in the error', async () => {
  const { message, hint } = await failure()
  assert.match(message, `the tool ${NAME} cannot be had`)
  assert.match(message, 'no tool is called never-made')
  assert.is(hint, `npm run tools -- ${NAME}`)
})

test.run()

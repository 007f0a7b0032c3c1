// The real programs that tests start. `npm test` gets them first and names them by variables; a test that is run by
// hand asks `npm run tools`, which builds what is missing. A program and no import: nothing outside .ci imports .ci.

import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SsmdError } from '#crds/errors.ts'

const TOOLS = fileURLToPath(new URL('../../.ci/tools/tools.ts', import.meta.url))

/** `kube-apiserver` is SSMD_KUBE_APISERVER. */
export const toolVariable = (name: string): string =>
  `SSMD_${name.toUpperCase().replaceAll('-', '_')}`

/** The path of a program, or of a folder of its files; SSMD_E_TOOL_MISSING says what to install, for `skip`. */
export async function toolPath(name: string): Promise<string> {
  const variable = toolVariable(name)
  const given = process.env[variable]
  if (!given) return askForPath(name)
  await access(given, constants.X_OK).catch((cause: unknown) => {
    const message = `${variable} names ${given}, which cannot be run as ${name}`
    throw new SsmdError('SSMD_E_TOOL_MISSING', message, { hint: `unset ${variable}`, cause })
  })
  return given
}

async function askForPath(name: string): Promise<string> {
  try {
    const asked = promisify(execFile)(process.execPath, [TOOLS, '--path', name])
    // A build takes minutes, and says so.
    asked.child.stderr?.pipe(process.stderr)
    return (await asked).stdout.trim()
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? cause)
    const last = said.trim().split('\n').slice(-1)
    throw new SsmdError('SSMD_E_TOOL_MISSING', `the tool ${name} cannot be had: ${last}`, {
      hint: `npm run tools -- ${name}`,
      cause,
    })
  }
}

// How a test says that it cannot run here. A skip is always printed with its reason, for the runner to count;
// in CI (CI=true) a missing tool is no reason and the test fails, unless `npm test -- --no-install` left it out on purpose.

import { SsmdError } from '#crds/errors.ts'

/** Set by the runner for `--no-install`. */
export const NO_INSTALL_VARIABLE = 'SSMD_NO_INSTALL'

/** A plain reason, or a missing tool: as the error of `toolPath`, or as `missingProgram` names it. */
export type SkipReason = string | SsmdError | { readonly tool: string; readonly install: string }

/** Ends nothing by itself: `if (!folder) return skip('recorded traffic is not there')`. */
export function skip(reason: SkipReason, env: NodeJS.ProcessEnv = process.env): void {
  const missing = missingTool(reason)
  if (missing !== undefined && env.CI === 'true' && !env[NO_INSTALL_VARIABLE]) {
    throw new SsmdError('SSMD_E_TOOL_MISSING', `${missing.what}, and in CI nothing is skipped`, {
      hint: missing.install,
    })
  }
  const text = missing ? `${missing.what} (${missing.install})` : plain(reason)
  // uvu leaves the cursor behind its dots, and the runner looks for whole lines.
  process.stdout.write(`\nSKIP ${text.replaceAll(/\s+/g, ' ')}\n`)
}

function missingTool(reason: SkipReason): { what: string; install: string } | undefined {
  if (typeof reason === 'string') return undefined
  if (!(reason instanceof SsmdError)) {
    return { what: `the tool ${reason.tool} is missing`, install: reason.install }
  }
  if (reason.code !== 'SSMD_E_TOOL_MISSING') return undefined
  return { what: reason.message, install: reason.hint ?? 'npm run tools says more' }
}

const plain = (reason: SkipReason): string =>
  typeof reason === 'string' || !(reason instanceof SsmdError) ? String(reason) : reason.message

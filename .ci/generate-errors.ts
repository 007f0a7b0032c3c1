// Writes docs/reference/errors.md from the table of error codes; with --check it only compares.

import { readFile, writeFile } from 'node:fs/promises'
import { ERROR_CODES, type ErrorCode, exitCodeOf, SsmdError } from '#crds/errors.ts'

export const ERRORS_PAGE = new URL('../docs/reference/errors.md', import.meta.url)

export function renderErrors(codes: Readonly<Record<string, string>>): string {
  const rows = Object.entries(codes).map(
    ([code, meaning]) =>
      `| \`${code}\` | ${meaning} | ${exitCodeOf(new SsmdError(code as ErrorCode, ''))} |`
  )
  return [
    '# Errors',
    '',
    '<!-- Generated from crds/errors.ts by .ci/generate-errors.ts: run `npm run format` to update it. -->',
    '',
    'The code is in the log line, in JSON output and at the end of a message. The message says what was attempted,',
    'what was found and what to do. The last column is the exit code of a command that ends with the error.',
    '',
    '| code | meaning | exit code |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) {
  const wanted = renderErrors(ERROR_CODES)
  if (!process.argv.includes('--check')) await writeFile(ERRORS_PAGE, wanted)
  else if ((await readFile(ERRORS_PAGE, 'utf8').catch(() => '')) !== wanted) {
    console.error('docs/reference/errors.md is not what crds/errors.ts says: npm run generate')
    process.exitCode = 1
  }
}

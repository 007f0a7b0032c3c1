// `ssmd signal new <name>`: a signal that works, and the types beside it. A signal that exists is not overwritten.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '#crds/errors.ts'
import { newSignal, readTypes, TYPES_FILE } from '#signals/new-signal.ts'
import { writeLines } from '../output.ts'

export async function runSignalNew(name: string, dir: string): Promise<void> {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    throw usageError(
      `${JSON.stringify(name)} is no id of a signal`,
      'write lower-case letters, digits and hyphens, such as my-spread'
    )
  }
  const file = join(dir, `${name}.ts`)
  await mkdir(dir, { recursive: true })
  await writeFile(file, newSignal(name), { flag: 'wx' }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw thrown
    throw usageError(`${file} exists already`, 'choose another name, or remove it first')
  })
  // Of this version of ssmd: the signals beside it are checked with it.
  await writeFile(join(dir, TYPES_FILE), await readTypes())
  await writeLines([
    `wrote ${file} and ${join(dir, TYPES_FILE)}`,
    'next:',
    `  ssmd signal check ${file}`,
    `  ssmd signal backtest ${file} --feed <feed> --from <day>`,
  ])
}

// The operator as the image runs it: compiled to JavaScript. Types that Node strips as it loads cost 35 MB, which no
// cluster pays.

import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../local/nats-server/run.ts'

const ROOT = new URL('../../', import.meta.url).pathname
/** What the sources use and the compiler leaves out. */
const DATA = ['crds/validators.gen.mjs']

/** Compiles programs and all that they import into `folder`; their paths there. */
export async function compile<const P extends readonly string[]>(
  programs: P,
  folder: string
): Promise<{ [I in keyof P]: string }> {
  const project = join(folder, 'tsconfig.json')
  await writeFile(
    project,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        ...{ noEmit: false, noCheck: true, rewriteRelativeImportExtensions: true },
        ...{ rootDir: ROOT, outDir: folder, typeRoots: [join(ROOT, 'node_modules/@types')] },
      },
      include: [],
      files: programs.map((program) => join(ROOT, program)),
    })
  )
  const compiler = join(ROOT, 'node_modules/.bin/tsc')
  const done = await run(compiler, ['-p', project], { limitMs: 120_000 })
  if (done.code !== 0)
    throw new Error(`compiling ${programs.join(' and ')} failed: ${done.output.trim()}`)
  for (const path of DATA) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await copyFile(join(ROOT, path), join(folder, path))
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    imports: Record<string, string>
  }
  const imports: Record<string, string> = {}
  for (const [alias, target] of Object.entries(manifest.imports)) {
    if (!alias.endsWith('*')) imports[alias] = target.replace(/\.ts$/, '.js')
    else {
      imports[`${alias}.ts`] = `${target}.js`
      imports[`${alias}.mjs`] = `${target}.mjs`
    }
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports }))
  const compiled = programs.map((program) => join(folder, program.replace(/\.ts$/, '.js')))
  return compiled as { [I in keyof P]: string }
}

// The page and what it is made of: files of `workloads/data/page` and single files of packages, each under a fixed path. Only names
// that a folder listing could have are opened; nothing of a request becomes a path that leads elsewhere.

import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { readRegular } from '#crds/regular-file.ts'
import { RequestError } from '../http/problem.ts'
import type { ApiContext, Route } from '../http/route.ts'

const FOLDER = join(import.meta.dirname, '../page')
/** A file of the page is code or markup written by hand. */
const MOST_BYTES = 4 * 1024 * 1024

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

/** Letters first, so neither `..` nor a hidden file is one. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,60}(\.[a-z0-9-]{1,20}){1,3}$/
const SUBFOLDER = /^[a-z0-9][a-z0-9-]{0,60}$/

/** Files of packages by their path here. Modules name each other by these paths: the policy of the page allows no import map. */
const LIBRARY: Readonly<Record<string, readonly [pack: string, file: string]>> = {
  '/lib/preact.js': ['preact', 'dist/preact.mjs'],
  '/lib/hooks.js': ['preact', 'hooks/dist/hooks.mjs'],
  '/lib/htm.js': ['htm', 'dist/htm.mjs'],
  '/lib/uplot.js': ['uplot', 'dist/uPlot.esm.js'],
  '/lib/uplot.css': ['uplot', 'dist/uPlot.min.css'],
}

type Served = { readonly bytes: Buffer; readonly etag: string; readonly type: string }

export function pageRoutes(): Route[] {
  const serve = fileServer()
  const open = { method: 'GET', need: 'open', class: 'light' } as const
  return [
    { ...open, path: '/', handle: (ctx) => serve(ctx, join(FOLDER, 'index.html')) },
    { ...open, path: '/page/{name}', handle: (ctx) => serve(ctx, pagePath(ctx)) },
    { ...open, path: '/page/{folder}/{name}', handle: (ctx) => serve(ctx, pagePath(ctx)) },
    ...Object.entries(LIBRARY).map(
      ([path, [pack, file]]): Route => ({
        ...open,
        path,
        handle: (ctx) => serve(ctx, join(packageFolder(pack), file)),
      })
    ),
  ]
}

function pagePath(ctx: ApiContext): string {
  const { folder, name } = (ctx as unknown as { params: { folder?: string; name: string } }).params
  if (!NAME.test(name) || (folder !== undefined && !SUBFOLDER.test(folder))) throw notThere()
  return join(FOLDER, folder ?? '', name)
}

const notThere = (): RequestError =>
  new RequestError(404, 'the page has no such file', { code: 'SSMD_E_NOT_FOUND' })

/** Keeps what it has read until the file changes, so that a person who works on the page sees each change. */
function fileServer(): (ctx: ApiContext, path: string) => Promise<void> {
  const held = new Map<string, Served & { readonly key: string }>()
  const read = async (path: string): Promise<Served> => {
    const type = TYPES[extname(path).replace('.mjs', '.js')]
    if (type === undefined) throw notThere()
    const { size, mtimeMs, ino } = await stat(path).catch(() => {
      throw notThere()
    })
    const key = `${ino} ${size} ${mtimeMs}`
    const known = held.get(path)
    if (known?.key === key) return known
    const bytes = withOurPaths(path, await readRegular(path, MOST_BYTES))
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
    const served = { bytes, etag, type, key }
    held.set(path, served)
    return served
  }
  return async (ctx, path) => {
    const { bytes, etag, type } = await read(path)
    ctx.set('ETag', etag)
    // A browser asks each time, and is told that nothing changed: a new version of ssmd is seen immediately.
    ctx.set('Cache-Control', 'no-cache')
    ctx.type = type
    ctx.status = 200
    ctx.body = bytes
    if (ctx.fresh) ctx.status = 304
  }
}

/** Modules of packages import `preact` by its name, which a browser does not know. */
const withOurPaths = (path: string, bytes: Buffer): Buffer =>
  path.endsWith('.mjs')
    ? Buffer.from(
        bytes
          .toString('utf8')
          .replaceAll(/\bfrom *"preact"/g, 'from"./preact.js"')
          .replaceAll(/\n?\/\/# sourceMappingURL=.*/g, '')
      )
    : bytes

const require = createRequire(import.meta.url)

function packageFolder(pack: string): string {
  // Some packages do not export their package.json; the main file of each lies in its folder.
  const main = require.resolve(pack)
  return (
    main.slice(0, main.lastIndexOf(`${join('node_modules', pack)}/`)) + join('node_modules', pack)
  )
}

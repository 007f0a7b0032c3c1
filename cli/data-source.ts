// Where the commands that queries become ask: archives on this computer, or a data API. Both answer with the same queries.
import { usageError } from '#crds/errors.ts'

export type DataSource =
  | { readonly kind: 'archives'; readonly paths: readonly string[] }
  | { readonly kind: 'api'; readonly url: URL }

/** The order is --path, --url, SSMD_DATA_URL, SSMD_DATA_PATH, ./data. Throws SSMD_E_USAGE. */
export function dataSource(
  { path, url }: { readonly path?: readonly string[]; readonly url?: string },
  env: NodeJS.ProcessEnv
): DataSource {
  if (path !== undefined && url !== undefined) {
    throw usageError('--path and --url are two sources', 'give one of them')
  }
  if (path !== undefined) return { kind: 'archives', paths: path }
  if (url !== undefined) return { kind: 'api', url: addressOf('--url', url) }
  const { SSMD_DATA_URL, SSMD_DATA_PATH } = env
  if (SSMD_DATA_URL) return { kind: 'api', url: addressOf('SSMD_DATA_URL', SSMD_DATA_URL) }
  return { kind: 'archives', paths: [SSMD_DATA_PATH || 'data'] }
}

function addressOf(name: string, text: string): URL {
  const url = URL.parse(text)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw usageError(
    `${name}: ${JSON.stringify(text)} is not the address of a data API`,
    'write http://127.0.0.1:8080'
  )
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConnectionOptions, loadConnection } from './config.ts'

const test = suite<{ folder: string }>('config')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'ssmd-config-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }))

const kubeconfig = (folder: string, cluster: object, user: object, context = 'one'): string => {
  const path = join(folder, 'config')
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'one', context: { cluster: 'c', user: 'u', namespace: 'market' } }],
      'current-context': context,
    })
  )
  return path
}

const failure = async (options: ConnectionOptions): Promise<string> => {
  try {
    await loadConnection(options)
  } catch (thrown) {
    return String((thrown as Error).message)
  }
  throw new Error('it did not fail')
}

test('inside a pod the service account is the default, and its token is read again', async ({
  folder,
}) => {
  for (const [name, text] of [
    ['token', 'first\n'],
    ['ca.crt', 'CA'],
    ['namespace', 'market'],
  ] as const)
    writeFileSync(join(folder, name), text)
  const connection = await loadConnection({
    env: { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' },
    serviceAccount: folder,
  })
  assert.is(connection.server, 'https://10.0.0.1:443')
  assert.is(connection.namespace, 'market')
  const first = await connection.credentials({ fresh: false })
  assert.is(first.headers.authorization, 'Bearer first')
  assert.is(String(first.tls.ca), 'CA')
  writeFileSync(join(folder, 'token'), 'second')
  assert.is((await connection.credentials({ fresh: false })).headers.authorization, 'Bearer second')
})

test('a file that is named wins over the pod', async ({ folder }) => {
  writeFileSync(join(folder, 'token'), 'pod')
  const connection = await loadConnection({
    kubeconfig: kubeconfig(folder, {}, { token: 'mine' }),
    env: { KUBERNETES_SERVICE_HOST: '10.9.9.9' },
    serviceAccount: folder,
  })
  assert.is(connection.server, 'https://10.0.0.1:6443')
  assert.is(connection.namespace, 'market')
  assert.is((await connection.credentials({ fresh: false })).headers.authorization, 'Bearer mine')
})

test('a kubeconfig that changed is read when credentials were refused', async ({ folder }) => {
  const path = kubeconfig(folder, {}, { token: 'old' })
  const connection = await loadConnection({ kubeconfig: path })
  kubeconfig(folder, {}, { token: 'new' })
  assert.is((await connection.credentials({ fresh: false })).headers.authorization, 'Bearer old')
  assert.is((await connection.credentials({ fresh: true })).headers.authorization, 'Bearer new')
})

test('certificates, server name and password are passed on', async ({ folder }) => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const connection = await loadConnection({
    kubeconfig: kubeconfig(
      folder,
      { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'kube' },
      {
        'client-certificate-data': base64('CERT'),
        'client-key-data': base64('KEY'),
        username: 'u',
        password: 'p',
      }
    ),
  })
  const { tls, headers } = await connection.credentials({ fresh: false })
  assert.equal(
    [String(tls.ca), String(tls.cert), String(tls.key), tls.servername],
    ['CA', 'CERT', 'KEY', 'kube']
  )
  assert.is(headers.authorization, `Basic ${base64('u:p')}`)
})

test('what is wrong is said: no file, no cluster, a proxy', async ({ folder }) => {
  assert.match(await failure({ kubeconfig: join(folder, 'none') }), /no kubeconfig at/)
  const other = kubeconfig(folder, {}, {}, 'two')
  assert.match(await failure({ kubeconfig: other }), /context "two" names no cluster/)
  const proxied = kubeconfig(folder, { 'proxy-url': 'http://proxy:3128' }, {})
  assert.match(await failure({ kubeconfig: proxied }), /proxy-url is not supported/)
  writeFileSync(join(folder, 'config'), '{')
  assert.match(await failure({ kubeconfig: join(folder, 'config') }), /cannot read/)
})

test.run()

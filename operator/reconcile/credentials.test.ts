// Whether a Secret has what a workload needs, as the workload itself would judge it.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KubeObject } from '../kube/objects.ts'
import { readCredentials } from './credentials.ts'
import { Secrets } from './secrets.ts'

const test = suite('credentials')
const base64 = (text: string) => Buffer.from(text).toString('base64')

async function factOf(data: Readonly<Record<string, string>>) {
  const secret = { metadata: { name: 'kalshi', uid: 'u' }, data } as unknown as KubeObject
  const secrets = new Secrets({ get: async <T>() => secret as T }, () => 0)
  const needs = [{ name: 'kalshi', fields: ['apiKey', 'privateKey'] }]
  return (await readCredentials(secrets, 'ns', needs)).fact
}

test('a field that is empty is as good as missing, and named', async () => {
  const pem = base64('-----BEGIN')
  assert.is((await factOf({ apiKey: base64('id\n'), privateKey: pem })).reason, 'Found')
  for (const empty of ['', base64(' \n'), base64('\uFEFF\r\n')]) {
    const fact = await factOf({ apiKey: empty, privateKey: pem })
    assert.is(fact.reason, 'SecretIncomplete')
    assert.match(fact.what, /Secret kalshi has no value of apiKey/)
  }
})

test.run()

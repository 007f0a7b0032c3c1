import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EditedResources } from './edited-resources.ts'

const test = suite('edited resources')

const feed = `
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made }
spec:
  exchange: synthetic
  versions: [{ name: v1, effectiveFrom: "2025-01-01", endpoint: "synthetic://generator" }]
  channels: [trade]
---`
const environment = (name: string, suspend: boolean) => `
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: ${name} }
spec:
  suspend: ${suspend}
  feeds: [made]
  transport: { url: "nats://127.0.0.1:4222" }
---`

async function declaredWith(environments: readonly string[]) {
  const path = mkdtempSync(join(tmpdir(), 'ssmd-edited-'))
  try {
    const text = [feed, environment('running', false), environment('held', true)].join('')
    writeFileSync(join(path, 'all.yaml'), text)
    const edited = new EditedResources({
      path,
      environments,
      nowMs: () => Date.parse('2026-11-30T12:00Z'),
    })
    await edited.read()
    return edited.declared().environments.map(({ metadata, spec }) => [metadata.name, spec.suspend])
  } finally {
    rmSync(path, { recursive: true })
  }
}

test('an Environment that is named runs although it is suspended; unnamed, it stays suspended', async () => {
  assert.equal(await declaredWith(['held']), [['held', false]])
  assert.equal(await declaredWith([]), [
    ['running', false],
    ['held', true],
  ])
})

test.run()

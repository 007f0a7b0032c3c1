// Every reason and every alert has a page, every page one of them, and each page says the same four things.

import { readdirSync, readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { REASONS } from '../operator/status/reasons.ts'
import { RUNBOOK, readAlerts, renderIndex } from './runbook.ts'

const test = suite('runbook')
const read = (file: string) => readFileSync(new URL(file, RUNBOOK), 'utf8')
const pages = readdirSync(RUNBOOK)
  .filter((name) => name !== 'README.md')
  .sort()

const alerts = await readAlerts()

test('every reason and every alert has a page, and every page one of them', () => {
  assert.equal(
    pages,
    [...new Set([...Object.keys(REASONS), ...alerts.flatMap(({ page }) => page ?? [])])]
      .map((name) => `${name}.md`)
      .sort()
  )
})

test('the index is what the table of reasons says', () => {
  assert.is(read('README.md'), renderIndex(REASONS, alerts))
})

for (const page of pages)
  test(`${page} says what it means, what to check, how to fix it and whether it recovers`, () => {
    const text = read(page)
    const title = `# ${page.replace('.md', '')}`
    const sections = text.split(/^(?=#)/m).map((part) => part.trim())
    assert.equal(
      sections.map((part) => part.split('\n')[0]),
      [title, '## Check', '## Fix', '## Recovery']
    )
    for (const part of sections)
      assert.ok(part.split('\n').slice(1).join('').trim().length > 5, part)
    assert.match(sections[1] ?? '', /```sh\n(kubectl|ssmd|nats) /)
    for (const [, link] of text.matchAll(/\]\((\w+\.md)\)/g)) assert.ok(pages.includes(link ?? ''))
  })

test.run()

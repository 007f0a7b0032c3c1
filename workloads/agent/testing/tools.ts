// Tools for tests of the graph: one that reads, one that writes and counts, one that waits.

import type { Preview, Tool } from '../tools/tool.ts'

const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})

export type Written = { readonly name: string; readonly text: string }

export function testTools(written: Written[]): Tool[] {
  const preview = (name: string, text: string): Preview => ({
    title: `write ${name}`,
    text,
    sha256: `sum of ${text}`,
    target: name,
  })
  return [
    {
      name: 'feeds',
      class: 'read',
      description: 'Feeds.',
      input: object({ feed: { type: 'string' } }),
      budget: 4096,
      run: async ({ feed = 'all' }) => ({ body: { feeds: [feed] }, summary: '1 feed' }),
    },
    {
      name: 'write_file',
      class: 'write',
      description: 'Writes.',
      input: object({ name: { type: 'string' }, text: { type: 'string' } }, ['name', 'text']),
      budget: 4096,
      preview: async ({ name, text }) => preview(String(name), String(text)),
      run: async ({ name, text }) => {
        written.push({ name: String(name), text: String(text) })
        return { body: { written: true }, summary: 'written' }
      },
    },
    {
      name: 'slow',
      class: 'read',
      description: 'Waits.',
      input: object({}),
      budget: 4096,
      run: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    },
  ]
}

// "Fetch it elsewhere": what is to be fetched, with which tool, and the lines to copy.

import { useAddress } from './address-state.mjs'
import { readKey, urlOf } from './api.mjs'
import { dayPlus } from './format.mjs'
import { Choice } from './gap-list.mjs'
import { html } from './lib.mjs'
import { Copy, Section } from './parts.mjs'
import { askFor, fileName, snippet } from './snippets.mjs'

const WHATS = /** @type {const} */ ([
  ['trade', 'trades'],
  ['quote', 'quotes'],
  ['bars', '1-minute bars'],
  ['records', 'records as received'],
])
const TOOLS = /** @type {const} */ ([
  ['curl', 'curl'],
  ['python', 'Python'],
  ['duckdb', 'DuckDB'],
])

/** @param {{ feed: string, day: string, symbol: string }} props */
export function CopyPanel({ feed, day, symbol }) {
  const [askedWhat, setWhat] = useAddress('fetch', 'trade')
  const [askedTool, setTool] = useAddress('with', 'curl')
  const what = WHATS.find(([name]) => name === askedWhat)?.[0] ?? 'trade'
  const tool = TOOLS.find(([name]) => name === askedTool)?.[0] ?? 'curl'
  const of = { feed, symbol, from: day, to: dayPlus(day, 1) }
  const { path, parameters } = askFor(what, of)
  const text = snippet(tool, (format) => urlOf(path, { ...parameters, format }), {
    name: fileName(what, of),
    hasKey: readKey() !== '',
    what,
  })
  return html`
    <${Section} id="fetch" title="Fetch it elsewhere">
      <div class="choices">
        <div role="group" aria-label="What to fetch">
          ${WHATS.map(
            ([name, words]) => html`
              <${Choice} key=${name} name=${words} isOn=${what === name} choose=${() => setWhat(name)} />
            `
          )}
        </div>
        <div role="group" aria-label="With which tool">
          ${TOOLS.map(
            ([name, words]) => html`
              <${Choice} key=${name} name=${words} isOn=${tool === name} choose=${() => setTool(name)} />
            `
          )}
        </div>
      </div>
      <div class="code">
        <pre tabindex="0" aria-label=${`Lines for ${tool}`}><code>${text}</code></pre>
        <${Copy} text=${text} what=${`as ${TOOLS.find(([name]) => name === tool)?.[1]}`} />
      </div>
    <//>
  `
}

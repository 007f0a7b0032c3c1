// A card as one HTML file: no script, no request to anywhere, light and dark, and all it needs inside.

import type { Card } from '#runs/card.ts'
import type { RunManifest } from '#runs/run.ts'
import {
  coverageChart,
  daysChart,
  equityChart,
  escaped,
  outcomeChart,
  priceChart,
} from './charts.ts'
import { outcomeTable, type Section, sections, type Table, warnings } from './rows.ts'

const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1c2024;--quiet:#5b6472;--rule:#d8dce3;--line:#2b6cb0;--band:#cfe0f3;--up:#1a7f37;--down:#b42318;--gap:#f1b8b2;--random:#7a8290}
@media(prefers-color-scheme:dark){:root{--ground:#14171b;--ink:#e7eaee;--quiet:#a3abb8;--rule:#343b45;--line:#74a9e6;--band:#24394f;--up:#56c271;--down:#f08a80;--gap:#6b2f2b;--random:#98a1af}}
body{background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:960px;padding:24px 16px}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:32px 0 8px}p{margin:4px 0}.quiet{color:var(--quiet)}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
ul.mind{border-left:4px solid var(--down);margin:16px 0;padding:4px 16px 4px 32px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{border-bottom:1px solid var(--rule);padding:4px 8px;text-align:left;vertical-align:top}
th{font-weight:500;color:var(--quiet)}table.numbers th+th,table.numbers td+td{text-align:right}.scroll{overflow-x:auto}
svg{display:block;height:auto;width:100%;margin:8px 0}svg text{fill:var(--quiet);font-size:12px}
.line{fill:none;stroke:var(--line);stroke-width:1.5}.band{fill:var(--band)}.gap{fill:var(--gap)}.bar{fill:var(--line)}.rule{stroke:var(--rule)}
path.up{fill:var(--up)}path.down{fill:var(--down)}line.own{stroke:var(--line);stroke-width:3}circle.own{fill:var(--line)}line.random{stroke:var(--random);stroke-width:3}circle.random{fill:var(--random)}
`

export function cardHtml(run: RunManifest, card: Card): string {
  const { id, version, sha256 } = run.signal
  const { from, to } = card.model
  const mind = warnings(card)
  const charts: Readonly<Record<string, string>> = {
    Fires:
      card.charts.prices
        .map((one) => titled(one.symbol, priceChart(one, card.charts.gaps)))
        .join('') + daysChart(card.fires.perDay),
    'Data of the window': coverageChart(card),
    Result: equityChart(card.charts.equity),
  }
  const parts = sections(card).map((section) => {
    const before = section.title === 'Fills' ? outcomes(card) : ''
    return before + sectionHtml(section, charts[section.title] ?? '')
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(id)}: a backtest</title><style>${STYLE}</style></head><body><main>
<h1>${escaped(id)} version ${version}</h1>
<p>${escaped(run.scope.feeds.join(', '))}, ${escaped(from.slice(0, 19).replace('T', ' '))} to ${escaped(to.slice(0, 19).replace('T', ' '))} UTC</p>
<p class="quiet">${escaped(paramsText(run.params))}</p>
<p class="quiet">source <code>${sha256}</code></p>
<p class="quiet">fires <code>${run.firesHash}</code></p>
${mind.length === 0 ? '' : `<ul class="mind">${mind.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>`}
${parts.join('\n')}
<p class="quiet">Made by ssmd ${escaped(run.versions.ssmd)}. The rows are explained in docs/signals.md.</p>
</main></body></html>
`
}

function paramsText(params: RunManifest['params']): string {
  const all = Object.entries(params).map(([name, value]) => `${name}=${value}`)
  return all.length === 0 ? 'no parameters' : all.join(', ')
}

const titled = (title: string, chart: string): string =>
  chart === '' ? '' : `<p class="quiet">${escaped(title)}</p>${chart}`

const outcomes = (card: Card): string =>
  `<section><h2>Moves after the fires</h2><p class="quiet">In ticks and in the direction of each fire, beside random moments of the same instrument within half an hour.</p>${outcomeChart(card.outcomes)}${tableHtml(outcomeTable(card))}</section>`

const tableHtml = ({ head, rows }: Table): string =>
  `<div class="scroll"><table class="numbers"><tr>${head.map((one) => `<th scope="col">${escaped(one)}</th>`).join('')}</tr>${rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`)
    .join('')}</table></div>`

const sectionHtml = ({ title, rows }: Section, chart: string): string =>
  `<section><h2>${title}</h2>${chart}<table>${rows
    .map(
      ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`
    )
    .join('')}</table></section>`

// Small parts that all views share: chips, skeletons, what went wrong, what is missing, and what can be copied.

import { html, useEffect, useState } from './lib.mjs'
import { conditionText } from './words.mjs'

/** @param {{ condition: string }} props */
export const Condition = ({ condition }) => html`
  <span class=${`chip is-${condition}`} title=${conditionText(condition)}>${condition}</span>
`

/** Simulated data must never be taken for market data. */
export const Simulated = () => html`
  <span class="chip is-simulated" title="Made by a simulator: no market data">simulated</span>
`

/** Nothing proves that what another program archived is whole. */
export const Imported = () => html`
  <span class="chip is-simulated" title="Archived by another program: nothing proves that it is whole">imported</span>
`

/**
 * The room that an answer will take, so that nothing moves when it comes.
 * @param {{ rows?: number, height?: number, label: string }} props
 */
export function Skeleton({ rows = 1, height = 36, label }) {
  const lines = Array.from({ length: rows }, (_, i) => i)
  return html`
    <div class="skeleton" role="status" aria-label=${`${label} is loading`}>
      ${lines.map((i) => html`<div key=${i} style=${{ height: `${height}px` }}><i></i></div>`)}
    </div>
  `
}

/**
 * What went wrong, and what to do.
 * @param {{ error: import('./api.mjs').ApiError, again?: () => void }} props
 */
export const Problem = ({ error, again }) => html`
  <div class="note is-problem" role="alert">
    <p><strong>${sentence(error.message)}</strong></p>
    ${error.hint && html`<p>${withCode(sentence(error.hint))}</p>`}
    ${again && html`<button type="button" onClick=${again}>Try again</button>`}
  </div>
`

/** @param {{ title: string, children?: unknown }} props */
export const Note = ({ title, children }) => html`
  <div class="note">
    <p><strong>${title}</strong></p>
    ${children}
  </div>
`

/**
 * Errors are clauses in a log; here they stand alone.
 * @param {string} text
 */
export const sentence = (text) =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

/**
 * Shows what stands between backquotes as code.
 * @param {string} text
 */
export const withCode = (text) =>
  text.split('`').map((part, i) => (i % 2 === 1 ? html`<code key=${i}>${part}</code>` : part))

/** @param {{ text: string, what: string, short?: boolean }} props */
export function Copy({ text, what, short = false }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (said === '') return
    const timer = setTimeout(() => setSaid(''), 2000)
    return () => clearTimeout(timer)
  }, [said])
  const copy = () =>
    void write(text).then(
      () => setSaid('Copied'),
      () => setSaid('Select the text and copy it')
    )
  return html`
    <button type="button" class="copy" onClick=${copy} aria-label=${`Copy ${what}`}>
      ${said || (short ? 'Copy' : `Copy ${what}`)}
      <span class="unseen" role="status">${said}</span>
    </button>
  `
}

/**
 * The clipboard exists on https and loopback alone; elsewhere the older command still works.
 * @param {string} text
 */
async function write(text) {
  const isWritten = await navigator.clipboard?.writeText(text).then(
    () => true,
    () => false
  )
  if (isWritten) return
  const area = Object.assign(document.createElement('textarea'), { value: text })
  document.body.append(area)
  area.select()
  const isDone = document.execCommand('copy')
  area.remove()
  if (!isDone) throw new Error('refused')
}

/**
 * Figures of a view, each with its unit.
 * @param {{ figures: readonly (readonly [name: string, value: unknown])[] }} props
 */
export const Figures = ({ figures }) => html`
  <dl class="figures">
    ${figures.map(
      ([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`
    )}
  </dl>
`

/**
 * A part of a view with a heading of its own.
 * @param {{ id: string, title: string, aside?: unknown, children?: unknown }} props
 */
export const Section = ({ id, title, aside, children }) => html`
  <section class="card" aria-labelledby=${id}>
    <header><h2 id=${id}>${title}</h2>${aside}</header>
    ${children}
  </section>
`

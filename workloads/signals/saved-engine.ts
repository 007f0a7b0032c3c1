// All that an engine keeps as text, and back into a new engine of the same signal.

import { type Kept, Restoring, Saving } from '#market/keep.ts'
import type { Engine } from './engine.ts'
import { restoreValue, type SavedText, saveValue } from './saved-value.ts'

/** Changes when the order or the meaning of what is saved does. */
const VERSION = 1

export function saveEngine(engine: Engine): SavedText {
  const saving = new Saving()
  let problem: string | undefined
  engine.keep(
    saving,
    (state) => {
      const saved = saveValue(state)
      if ('text' in saved) return saved.text
      problem ??= `state cannot be saved: ${saved.problem}`
      return 'null'
    },
    restoreValue
  )
  if (problem !== undefined) return { problem }
  return { text: JSON.stringify({ version: VERSION, values: saving.values }) }
}

export function restoreEngine(engine: Engine, text: string): void {
  const { version, values } = JSON.parse(text) as {
    readonly version: number
    readonly values: readonly Kept[]
  }
  if (version !== VERSION) throw new RangeError(`what was saved has version ${version}`)
  const restoring = new Restoring(values)
  engine.keep(restoring, () => '', restoreValue)
  restoring.end()
}

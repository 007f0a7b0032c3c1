// Light or dark, chosen before the first paint: the system's choice, unless the reader made one. Canvases are told of
// changes, since they cannot inherit a colour.

/** @typedef {'system' | 'light' | 'dark'} Theme */

const KEY = 'ssmd-theme'
/** Sent to `window` when colours may have changed. */
export const THEME_EVENT = 'ssmd-theme'

/** @returns {Theme} */
export function chosenTheme() {
  const stored = read()
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** @param {Theme} theme */
export function chooseTheme(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // A browser that refuses storage forgets the choice with the page.
  }
  window.dispatchEvent(new Event(THEME_EVENT))
}

function read() {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

if (chosenTheme() !== 'system') document.documentElement.dataset.theme = chosenTheme()
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
  window.dispatchEvent(new Event(THEME_EVENT))
)

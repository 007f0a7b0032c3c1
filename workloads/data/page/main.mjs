// Starts the page.

import { App } from './app.mjs'
import { html, render } from './lib.mjs'

const place = document.getElementById('app')
if (place === null) throw new Error('index.html has no place for the page')
place.replaceChildren()
render(html`<${App} />`, place)

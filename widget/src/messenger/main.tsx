/** The messenger inside its frame. */
import { render } from 'preact'
import { App } from './app'
import { dress } from './colour'
import { flush, obey } from './commands'
import { isFramed, tellPage } from './frame'
import { guardCompositions } from './keys'
import { Messenger } from './messenger'
import { applyScheme } from './scheme'
import { knownLanguage, speak } from './texts'
import './styles/base.css'
import './styles/home.css'

// The page tells its wishes at once; without it (an app's web view, a test) we do not wait long.
const WISHES_MS = 400

const messenger = new Messenger()
const { style, lang } = document.documentElement
dress(messenger.state.brand, style)

let isDrawn = false
function draw(): void {
  if (isDrawn || window.isPlain) return
  isDrawn = true
  render(<App messenger={messenger} />, document.getElementById('app')!)
}

/** The server chose the language and wrote it on the page; nothing is said before its words are here. */
async function start(): Promise<void> {
  if (window.isPlain) return // an old browser, or one that stumbled: the plain form is here
  guardCompositions()
  await speak(knownLanguage(lang) ?? 'en')
  if (window.isPreview) return (await import('./preview')).preview(messenger)
  obey(messenger, draw)
  messenger.listeners.add(() => flush(messenger))
  messenger.start()
  if (isFramed) setTimeout(draw, WISHES_MS)
  else {
    applyScheme('auto')
    messenger.opened(true)
    draw()
  }
  tellPage('loaded', { config: { authToken: window.authToken, channelConfig: window.chatwootWebChannel } })
}

void start()

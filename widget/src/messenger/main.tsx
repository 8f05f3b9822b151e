/** The messenger inside its frame. */
import { render } from 'preact'
import { App } from './app'
import { INK, inkOn, standingOut, WHITE } from './colour'
import { flush, obey } from './commands'
import { isFramed, tellPage } from './frame'
import { guardCompositions } from './keys'
import { Messenger } from './messenger'
import { applyScheme } from './scheme'
import { speak } from './texts'
import './messenger.css'

// The page tells its wishes at once; without it (an app's web view, a test) we do not wait long.
const WISHES_MS = 400

const asked = new URLSearchParams(location.search).get('locale') ?? ''
speak(asked, window.chatwootWebChannel.locale)
const messenger = new Messenger()
const { style } = document.documentElement
style.setProperty('--brand', messenger.state.brand)
style.setProperty('--brand-ink', inkOn(messenger.state.brand))
// The ring around what has the focus is the company's colour, as long as it can be seen on our sheets.
style.setProperty('--ring-light', standingOut(messenger.state.brand, '#fdfbf7', INK))
style.setProperty('--ring-dark', standingOut(messenger.state.brand, '#1d1a16', WHITE))

let isDrawn = false
function draw(): void {
  if (isDrawn) return
  isDrawn = true
  render(<App messenger={messenger} />, document.getElementById('app')!)
}

guardCompositions()
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

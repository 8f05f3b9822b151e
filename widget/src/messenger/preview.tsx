/** The messenger as the desk's settings show it: the same views with the fields that are being filled in, and no visitor. */
import { render, type VNode } from 'preact'
import { App } from './app'
import { brandOf, dress } from './colour'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { knownLanguage, spoken } from './texts'
import type { Channel } from './types'
import './styles/preview.css'

export const PREVIEW = 'ventanilla:preview'

interface Wishes {
  type: typeof PREVIEW
  channel: Partial<Channel>
  position: 'auto' | 'left' | 'right'
  language: string
  theme: 'light' | 'dark'
}

function Scene({ messenger, position }: { messenger: Messenger; position: Wishes['position'] }): VNode {
  return (
    <div class="scene">
      <div class="shown">
        <App messenger={messenger} />
      </div>
      <span class={`launcher ${position}`}>
        <Icon name="down" size={26} />
      </span>
    </div>
  )
}

/** Draw now, and again with each word of the desk, which is of our own origin. */
export function preview(messenger: Messenger): void {
  const root = document.getElementById('app')!
  root.inert = true
  const { documentElement } = document
  const draw = (position: Wishes['position']): void => render(<Scene messenger={messenger} position={position} />, root)
  messenger.set({ isLoaded: true })
  draw('auto')
  addEventListener('message', ({ origin, source, data }: MessageEvent<Wishes>) => {
    if (origin !== location.origin || source !== window.parent || data?.type !== PREVIEW) return
    const channel = { ...messenger.state.channel, ...data.channel }
    dress(brandOf(channel.widgetColor), documentElement.style)
    documentElement.dataset.theme = data.theme
    messenger.set({ channel, brand: brandOf(channel.widgetColor) })
    void messenger.speak(knownLanguage(data.language) ?? spoken())
    draw(data.position)
  })
  window.parent.postMessage({ type: PREVIEW }, location.origin)
}

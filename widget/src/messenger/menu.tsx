/** The buttons at the end of every top: what the visitor may do, and closing. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { isFramed, tellPage } from './frame'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { has, type State } from './state'
import { t } from './texts'

export function Close(): VNode | null {
  if (!isFramed) return null
  return (
    <button class="icb" aria-label={t('close')} onClick={() => tellPage('closeWindow')}>
      <Icon name="down" />
    </button>
  )
}

export function Menu({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const items: [string, () => void][] = [[t(state.isMuted ? 'unmute' : 'mute'), () => messenger.mute(!state.isMuted)]]
  const status = state.view === 'thread' && !state.isFresh ? state.conversation?.status : undefined
  if (status && status !== 'resolved' && has(state, 'end_conversation'))
    items.push([t('end'), () => void messenger.end()])
  if (isFramed && state.wishes.showPopoutButton) items.push([t('popout'), () => tellPage('popoutChatWindow')])
  useEffect(() => {
    if (!isOpen) return
    box.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
    const away = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [isOpen])

  const close = (): void => {
    setOpen(false)
    box.current?.querySelector('button')?.focus()
  }
  const keys = (event: KeyboardEvent): void => {
    const rows = [...box.current!.querySelectorAll<HTMLElement>('[role=menuitem]')]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape' && isOpen) {
      event.stopPropagation()
      close()
    } else if (step && isOpen) {
      event.preventDefault()
      const at = rows.indexOf(document.activeElement as HTMLElement)
      rows[(at + step + rows.length) % rows.length]!.focus()
    }
  }
  return (
    <div class="menu" ref={box} onKeyDown={keys}>
      <button
        class="icb"
        aria-label={t('more')}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <div class="sheet" role="menu">
          {items.map(([label, act]) => (
            <button
              key={label}
              role="menuitem"
              onClick={() => {
                close()
                act()
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

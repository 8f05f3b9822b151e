/** The coloured top: who answers, and what the visitor may do with the conversation. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { isFramed, tellPage } from './frame'
import { backSentence, isOpen as isOfficeOpen } from './hours'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { Face, nameOf } from './parts'
import { has, type State } from './state'
import { t } from './texts'
import type { Member } from './types'

export const isOut = ({ channel }: State): boolean =>
  channel.workingHoursEnabled && !isOfficeOpen(channel.workingHours, channel.timezone, new Date())

const answerSentence = (state: State): string => {
  const { channel, wishes } = state
  if (isOut(state)) {
    return String(
      wishes.unavailableMessage || backSentence(channel.workingHours, channel.timezone, new Date()) || t('closedNow'),
    )
  }
  return String(wishes.availableMessage || t(channel.replyTime))
}

/** Those who are here first. */
const facesOf = ({ members, presence }: State): Member[] =>
  [...members].sort((a, b) => Number(presence[b.id] === 'online') - Number(presence[a.id] === 'online')).slice(0, 4)

export function Greeting({ state }: { state: State }): VNode {
  const { channel, wishes } = state
  const title = wishes.welcomeHeading || wishes.welcomeTitle || channel.welcomeTitle || t('hello')
  const line = wishes.welcomeTagline || wishes.welcomeDescription || channel.welcomeTagline
  const faces = facesOf(state)
  return (
    <div class="greeting">
      <h1>{String(title)}</h1>
      {line && <p>{String(line)}</p>}
      <p>{answerSentence(state)}</p>
      {faces.length > 0 && (
        <ul class="faces" aria-label={t('team')}>
          {faces.map((one) => (
            <li key={one.id} title={one.name}>
              <Face name={one.name} picture={one.avatar_url} />
              <span class="sr">{one.name}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

export function Header({ messenger, state, isBig }: { messenger: Messenger; state: State; isBig: boolean }): VNode {
  const { channel } = state
  const agent = isBig ? null : state.messages.findLast((one) => one.sender && one.sender.type !== 'contact')?.sender
  const name = nameOf(agent) || channel.websiteName
  const picture = agent ? agent.avatar_url : channel.avatarUrl
  return (
    <header class={isBig ? 'top big' : 'top'}>
      <div class="bar">
        <Face name={name} picture={picture} />
        <div class="who">
          {isBig ? <b>{name}</b> : <h1>{name}</h1>}
          {!isBig && <p>{state.conversation?.status === 'resolved' ? t('resolved') : answerSentence(state)}</p>}
        </div>
        <Menu messenger={messenger} state={state} />
        {isFramed && (
          <button class="icb" aria-label={t('close')} onClick={() => tellPage('closeWindow')}>
            <Icon name="down" />
          </button>
        )}
      </div>
      {isBig && <Greeting state={state} />}
    </header>
  )
}

function Menu({ messenger, state }: { messenger: Messenger; state: State }): VNode | null {
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const items: [string, () => void][] = []
  const status = state.conversation?.status
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
  if (!items.length) return null

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

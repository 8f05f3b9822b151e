/** The coloured top of a conversation: who answers, and what the visitor may do with it. */
import type { VNode } from 'preact'
import { isHere, shortly } from './availability'
import { Icon } from './icons'
import { Close, Menu } from './menu'
import type { Messenger } from './messenger'
import { Face, Mark, nameOf } from './parts'
import type { State } from './state'
import { t } from './texts'

export function Header({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const { channel } = state
  const shown = state.isFresh ? [] : state.messages
  const agent = shown.findLast((one) => one.sender && one.sender.type !== 'contact')?.sender
  const member = state.members.find(({ id }) => id === agent?.id)
  return (
    <header class="top">
      <div class="bar">
        <button class="icb" aria-label={t('home')} onClick={() => messenger.goHome()}>
          <Icon name="left" />
        </button>
        {agent ? (
          <Face
            name={nameOf(agent)}
            picture={agent.avatar_url}
            isHere={member !== undefined && isHere(state, member)}
          />
        ) : (
          <Mark name={channel.websiteName} picture={channel.avatarUrl} />
        )}
        <div class="who">
          <h1 dir="auto">{nameOf(agent) || channel.websiteName}</h1>
          <p>{shortly(state)}</p>
        </div>
        <Menu messenger={messenger} state={state} />
        <Close />
      </div>
    </header>
  )
}

/** What is unread, above the launcher while the chat is closed. */
import type { VNode } from 'preact'
import { Icon } from './icons'
import { markdown } from './markdown'
import type { Messenger } from './messenger'
import { nameOf } from './parts'
import type { State } from './state'
import { t } from './texts'
import { OUTGOING } from './thread'
import './styles/teaser.css'

/** The newest messages of the team, shown above the launcher while the chat is closed. */
export default function Teaser({
  messenger,
  state,
  open,
}: {
  messenger: Messenger
  state: State
  open: () => void
}): VNode {
  const unread = state.rows.find((row) => row.id === state.conversation?.id)?.unread_count ?? 0
  const theirs = state.messages.filter((message) => message.message_type === OUTGOING).slice(-Math.min(unread, 3))
  return (
    <div class="unread">
      <button class="icb" aria-label={t('dismiss')} onClick={() => messenger.dismissUnread()}>
        <Icon name="close" size={14} />
      </button>
      {theirs.map((message) => (
        <button
          class="x"
          dir="auto"
          key={message.id}
          onClick={open}
          aria-label={`${t('showAll')}. ${t('says', { name: nameOf(message.sender) || t('somebody') })}: ${message.content ?? ''}`}
        >
          <small dir="auto">{nameOf(message.sender)}</small>
          {markdown((message.content ?? '').slice(0, 200))}
        </button>
      ))}
    </div>
  )
}

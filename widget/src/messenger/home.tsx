/** The first view: a greeting, who is here, a field with the focus, and what was talked about before. */
import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { availability, facesOf, firstName, isHere, isOut } from './availability'
import { Composer } from './composer'
import { Close, Menu } from './menu'
import { lazily } from './lazily'
import type { Messenger } from './messenger'
import { Face, Mark } from './parts'
import { ordered } from './rows'
import { asksFirst, canWrite, type State } from './state'
import { t } from './texts'
import { whenOf } from './thread'
import type { ConversationRow } from './types'

const SHOWN = 3
const OutOfOffice = lazily(() => import('./hours-view'))
const PreChatForm = lazily(() => import('./prechat-form'))

export function Home({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  return (
    <div class="body first">
      <Greeting messenger={messenger} state={state} />
      <div class="cards">
        {asksFirst(state) ? (
          <section class="cd">
            <PreChatForm messenger={messenger} state={state} />
          </section>
        ) : (
          canWrite(state) && <Composer messenger={messenger} state={state} isHome />
        )}
        {isOut(state) && <OutOfOffice messenger={messenger} state={state} />}
        <Conversations messenger={messenger} state={state} />
      </div>
    </div>
  )
}

function Greeting({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const { channel, wishes, visitorName } = state
  const name = firstName(visitorName)
  const own = wishes.welcomeHeading || wishes.welcomeTitle || channel.welcomeTitle
  const line = wishes.welcomeTagline || wishes.welcomeDescription || channel.welcomeTagline
  const faces = isOut(state) ? [] : facesOf(state)
  return (
    <header class="top hi">
      <div class="bar">
        <Mark name={channel.websiteName} picture={channel.avatarUrl} />
        <b class="who" dir="auto">
          {channel.websiteName}
        </b>
        <Menu messenger={messenger} state={state} />
        <Close />
      </div>
      <h1 dir="auto">{own ? String(own) : name ? t('helloName', { name }) : t('hello')}</h1>
      {line && <p dir="auto">{String(line)}</p>}
      <div class="avail">
        {faces.length > 0 && (
          <ul class="faces" aria-label={t('team')}>
            {faces.map((one) => (
              <li key={one.id} title={one.name}>
                <Face name={one.name} picture={one.avatar_url} isHere={isHere(state, one)} />
                <span class="sr">{one.name}</span>
              </li>
            ))}
          </ul>
        )}
        <p>
          {availability(state).map((sentence) => (
            <span key={sentence}>{sentence} </span>
          ))}
        </p>
      </div>
    </header>
  )
}

function Conversations({ messenger, state }: { messenger: Messenger; state: State }): VNode | null {
  const [isAll, setAll] = useState(false)
  const rows = ordered(state.rows)
  if (!rows.length) return null
  return (
    <section class="cd">
      <h2>{t('conversations')}</h2>
      <ul>
        {rows.slice(0, isAll ? rows.length : SHOWN).map((row) => (
          <Conversation key={row.id} row={row} open={() => messenger.show(row.id)} />
        ))}
      </ul>
      {rows.length > SHOWN && !isAll && (
        <button class="all" onClick={() => setAll(true)}>
          {t('seeAll', { count: rows.length })}
        </button>
      )}
    </section>
  )
}

function Conversation({ row, open }: { row: ConversationRow; open: () => void }): VNode {
  const text = row.text || (row.has_files ? t('file') : '')
  const author = row.is_own ? t('you') : firstName(row.author)
  const last = author ? `${author}: ${text}` : text
  return (
    <li>
      <button class={row.unread_count ? 'cvr un' : 'cvr'} onClick={open}>
        <Face name={row.agent?.name ?? ''} picture={row.agent?.avatar_url} />
        <span>
          <b class="cut" dir="auto">
            {row.title || text}
          </b>
          <span class="cut" dir="auto">
            {row.status === 'resolved' && !row.unread_count ? t('rowResolved') : last}
          </span>
        </span>
        <span class="end">
          <time dateTime={new Date(row.said_at * 1000).toISOString()}>{whenOf(row.said_at, new Date())}</time>
          {row.unread_count > 0 && (
            <span class="badge">
              <span aria-hidden="true">{row.unread_count}</span>
              <span class="sr">{t('unreadHere', { count: row.unread_count })}</span>
            </span>
          )}
        </span>
      </button>
    </li>
  )
}

/** The scrolling thread. It follows new messages only while the visitor is at its end. */
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Bubble, Uploading, Waiting } from './bubble'
import { isOut } from './header'
import { momentOf } from './hold'
import { hourLines, backSentence } from './hours'
import { Icon } from './icons'
import { markdown } from './markdown'
import type { Messenger } from './messenger'
import { nameOf } from './parts'
import type { State } from './state'
import { t } from './texts'
import { isOwn, layOut, OUTGOING } from './thread'

const AT_END_PX = 60

/** Out of office: what the company says, when it is back, and its hours. */
function OutOfOffice({ state }: { state: State }): VNode {
  const { channel } = state
  return (
    <section class="off">
      <Icon name="moon" size={20} />
      <b>{t('closedNow')}</b>
      {markdown(channel.outOfOfficeMessage || backSentence(channel.workingHours, channel.timezone, new Date()))}
      <table>
        <tbody>
          {hourLines(channel.workingHours).map((line) => (
            <tr key={line.days}>
              <th scope="row">{line.days}</th>
              <td>{line.hours}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The server takes nothing more for a while: until when, and another way to write. */
function Held({ state }: { state: State }): VNode {
  const { supportEmail } = state.channel
  const [before, after] = t('heldMail').split('{email}')
  return (
    <p class="held" role="status">
      {t('held', { when: momentOf(state.heldUntil) })}
      {supportEmail && (
        <>
          {` ${before}`}
          <a href={`mailto:${supportEmail}`}>{supportEmail}</a>
          {after}
        </>
      )}
    </p>
  )
}

export function Thread({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const heightBefore = useRef(0)
  const [hasNewBelow, setNewBelow] = useState(false)
  const [isEarlierBusy, setEarlierBusy] = useState(false)
  const shown = state.isFresh ? [] : state.messages
  const known = useMemo(() => new Set(shown.map((message) => message.echo_id)), [shown])
  const rows = useMemo(() => layOut(shown, new Date()), [shown])
  const entries = state.entries.filter((entry) => !known.has(entry.echoId))
  const uploads = state.uploads.filter((one) => !known.has(one.echoId))
  const last = shown.at(-1)
  const isDown = state.line === 'down' || !navigator.onLine
  const isHeld = state.heldUntil > Date.now() && entries.length + uploads.length > 0
  const held = isHeld ? t('goesOut', { when: momentOf(state.heldUntil) }) : ''

  const toEnd = (): void => {
    const element = box.current
    if (!element) return // the last look of an observer, after the thread made way for another view
    element.scrollTop = element.scrollHeight
    setNewBelow(false)
  }
  // Own words always bring the end into view; others' only when it was there.
  useLayoutEffect(() => {
    isAtEnd.current = true
    toEnd()
  }, [entries.length + uploads.length > 0, state.entries.length, state.isOpen])
  useLayoutEffect(() => {
    if (isAtEnd.current) toEnd()
    else if (last && !isOwn(last)) setNewBelow(true)
  }, [last?.id, state.typist, shown])
  useLayoutEffect(() => {
    // Earlier messages came in above: stay at the message that was being read.
    const element = box.current!
    if (heightBefore.current) element.scrollTop += element.scrollHeight - heightBefore.current
    heightBefore.current = 0
  }, [shown[0]?.id])
  useEffect(() => {
    const element = box.current!
    const watcher = new ResizeObserver(() => isAtEnd.current && toEnd())
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [])

  const scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = box.current!
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < AT_END_PX
    if (isAtEnd.current) setNewBelow(false)
  }
  const earlier = async (): Promise<void> => {
    setEarlierBusy(true)
    heightBefore.current = box.current!.scrollHeight
    await messenger.attempt(() => messenger.loadEarlier())
    setEarlierBusy(false)
  }
  const isOffShown = isOut(state)
  return (
    <div
      class="body chat"
      ref={box}
      onScroll={scrolled}
      role="log"
      aria-label={t('log')}
      aria-live="polite"
      tabIndex={0}
    >
      {isOffShown && <OutOfOffice state={state} />}
      {state.hasEarlier && !state.isFresh && (
        <button class="btn earlier" disabled={isEarlierBusy} onClick={() => void earlier()}>
          {t('earlier')}
        </button>
      )}
      {rows.map((row) => (
        <div class="r" key={row.message.id}>
          {row.day && <div class="sep">{row.day}</div>}
          <Bubble
            messenger={messenger}
            row={row}
            isSeen={row.message.created_at <= (state.conversation?.agentSeenAt ?? 0)}
          />
        </div>
      ))}
      {entries.map((entry) => (
        <div class="r" key={entry.echoId}>
          <Waiting messenger={messenger} entry={entry} status={held || t(isDown ? 'waiting' : 'queued')} />
        </div>
      ))}
      {uploads.map((upload) => (
        <div class="r" key={upload.echoId}>
          <Uploading messenger={messenger} upload={upload} waiting={held || t('waiting')} />
        </div>
      ))}
      {isHeld && <Held state={state} />}
      {state.typist && (
        <div class="x typing" role="img" aria-label={t('typing', { name: nameOf(state.typist) || t('somebody') })}>
          <s />
          <s />
          <s />
        </div>
      )}
      {hasNewBelow && (
        <button class="btn below" onClick={toEnd}>
          {t('newBelow')} ↓
        </button>
      )}
    </div>
  )
}

/** The newest messages of the team, shown above the launcher while the chat is closed. */
export function UnreadView({
  messenger,
  state,
  open,
}: {
  messenger: Messenger
  state: State
  open: () => void
}): VNode {
  const theirs = state.messages.filter((message) => message.message_type === OUTGOING).slice(-Math.min(state.unread, 3))
  return (
    <div class="unread">
      <button class="icb" aria-label={t('dismiss')} onClick={() => messenger.dismissUnread()}>
        <Icon name="close" size={14} />
      </button>
      {theirs.map((message) => (
        <button
          class="x"
          key={message.id}
          onClick={open}
          aria-label={`${t('showAll')}. ${t('says', { name: nameOf(message.sender) || t('somebody') })}: ${message.content ?? ''}`}
        >
          <small>{nameOf(message.sender)}</small>
          {markdown((message.content ?? '').slice(0, 200))}
        </button>
      ))}
    </div>
  )
}

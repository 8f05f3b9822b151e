/** The scrolling thread. It follows new messages only while the visitor is at its end. */
import type { VNode } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Bubble, Uploading, Waiting } from './bubble'
import { momentOf } from './hold'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { nameOf } from './parts'
import { isResolved, type State } from './state'
import { t } from './texts'
import { isOwn, layOut } from './thread'

const AT_END_PX = 60

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

const Resolved = (): VNode => (
  <p class="act">
    <Icon name="check" size={13} /> {t('resolved')}
  </p>
)

export function Thread({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const heightBefore = useRef(0)
  const [hasNewBelow, setNewBelow] = useState(false)
  const [isEarlierBusy, setEarlierBusy] = useState(false)
  const shown = state.isFresh ? [] : state.messages
  const known = useMemo(() => new Set(shown.map((message) => message.echo_id)), [shown])
  const rows = useMemo(() => layOut(shown, new Date()), [shown])
  const here = state.isFresh ? 0 : (state.conversation?.id ?? 0)
  const entries = state.entries.filter((one) => !known.has(one.echoId) && (!one.to || one.to === here))
  const uploads = state.uploads.filter((one) => !known.has(one.echoId) && (!one.to || one.to === here))
  const last = shown.at(-1)
  const typist = state.typist ? t('typing', { name: nameOf(state.typist) || t('somebody') }) : ''
  // The question how it was comes after the end.
  const asked = isResolved(state) && last?.content_type === 'input_csat' ? last : undefined
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
    // What grows (a picture, a question that was opened) does not push the end out of sight.
    const watcher = new ResizeObserver(() => isAtEnd.current && toEnd())
    watcher.observe(element)
    watcher.observe(element.firstElementChild!)
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
      <div class="rows">
        {state.hasEarlier && !state.isFresh && (
          <button class="btn earlier" disabled={isEarlierBusy} onClick={() => void earlier()}>
            {t('earlier')}
          </button>
        )}
        {rows.map((row) => (
          <div class="r" key={row.message.id}>
            {row.day && <div class="sep">{row.day}</div>}
            {row.joined && <p class="act">{t('joined', { name: row.joined })}</p>}
            {row.message === asked && <Resolved />}
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
        {isResolved(state) && !asked && <Resolved />}
        {state.isForgetful && <p class="act">{t('forgetful')}</p>}
        {state.typist && (
          <div class="typ">
            <span class="x typing" role="img" aria-label={typist}>
              <s />
              <s />
              <s />
            </span>
            <span aria-hidden="true">{typist}</span>
          </div>
        )}
      </div>
      {hasNewBelow && (
        <button class="btn below" onClick={toEnd}>
          {t('newBelow')} ↓
        </button>
      )}
    </div>
  )
}

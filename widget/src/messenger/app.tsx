/** The messenger: home, a conversation, or what is unread above the launcher. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { isFramed, tellPage } from './frame'
import { Home } from './home'
import { lazily } from './lazily'
import { Line, Notice } from './lines'
import type { Messenger } from './messenger'
import { asksFirst, canWrite, has } from './state'
import { t } from './texts'

const CONTROLS = 'a,button,input,textarea,select,label'
const loadConversation = (): Promise<typeof import('./conversation')> => import('./conversation')
const Conversation = lazily(loadConversation)
const Teaser = lazily(() => import('./teaser'))

const focusOn = (view: Element | null): void =>
  (view?.querySelector<HTMLElement>('textarea,input:not(.sr)') ?? view?.querySelector<HTMLElement>('.body'))?.focus({
    preventScroll: true,
  })

export function App({ messenger }: { messenger: Messenger }): VNode {
  const [state, setState] = useState(messenger.state)
  const [isDragged, setDragged] = useState(false)
  const view = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const show = (): void => setState(messenger.state)
    messenger.listeners.add(show)
    show()
    return () => void messenger.listeners.delete(show)
  }, [])
  const isAsking = asksFirst(state)
  useEffect(() => {
    // The form and the resolved view have no composer to take the focus.
    if (state.isOpen && !view.current?.contains(document.activeElement)) focusOn(view.current)
  }, [state.isOpen, isAsking, state.view])
  useEffect(() => {
    // By the time something was written, its view is here.
    if (state.isOpen) void loadConversation().catch(() => undefined)
  }, [state.isOpen])
  useEffect(listenForKeysAndFirstTouch(view), [])
  useEffect(() => {
    if (!state.isUnreadView || !view.current) return
    // While the frame is hidden nothing has a height: measured when it shows, and when it changes.
    const box = view.current
    const tell = (): void => tellPage('updateIframeHeight', { extraHeight: box.scrollHeight, isFixedHeight: false })
    const watcher = new ResizeObserver(tell)
    watcher.observe(box)
    return () => watcher.disconnect()
  }, [state.isUnreadView])

  if (state.isUnreadView && !state.isOpen) {
    const open = (): void => {
      messenger.show(state.conversation?.id ?? 0)
      tellPage('toggleBubble')
    }
    return (
      <div ref={view}>
        <Teaser messenger={messenger} state={state} open={open} />
      </div>
    )
  }
  const canDrop = canWrite(state) && has(state, 'attachments')
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setDragged(false)
    if (canDrop) messenger.attach(event.dataTransfer?.files ?? [])
  }
  return (
    <div
      class="app"
      ref={view}
      onDragOver={(event) => {
        event.preventDefault()
        if (canDrop) setDragged(true)
      }}
      onDragLeave={() => setDragged(false)}
      onDrop={drop}
    >
      {state.view === 'home' ? (
        <main>
          <Line state={state} />
          <Home messenger={messenger} state={state} />
          <Notice state={state} />
        </main>
      ) : (
        <Conversation messenger={messenger} state={state} />
      )}
      {isDragged && <div class="drop">{t('dropHere')}</div>}
    </div>
  )
}

/**
 * Keys are heard on the document, for a browser may leave the focus outside every field of ours: WebKit refuses it to a
 * frame of another site until the first key or touch in it. That one brings it.
 */
function listenForKeysAndFirstTouch(view: { current: Element | null }): () => () => void {
  return () => {
    const keys = (event: KeyboardEvent): void => {
      const { key } = event
      if (key === 'Escape' && isFramed && !event.defaultPrevented) tellPage('closeWindow')
      const isLetter = key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
      // The letter follows the focus.
      if (isLetter && document.activeElement === document.body) focusOn(view.current)
    }
    let isFirst = false
    const touch = (): unknown => (isFirst = !document.hasFocus())
    // By a finger the keyboard would come up unasked.
    const takeFocus = ({ pointerType, target }: PointerEvent): void => {
      if (isFirst && pointerType === 'mouse' && !(target as Element).closest(CONTROLS)) focusOn(view.current)
    }
    document.addEventListener('keydown', keys)
    document.addEventListener('pointerdown', touch, true)
    document.addEventListener('pointerup', takeFocus)
    return () => {
      document.removeEventListener('keydown', keys)
      document.removeEventListener('pointerdown', touch, true)
      document.removeEventListener('pointerup', takeFocus)
    }
  }
}

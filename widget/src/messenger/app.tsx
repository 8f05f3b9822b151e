/** The messenger: greeting, form, thread, composer, and what follows a resolved conversation. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Composer } from './composer'
import { isFramed, tellPage } from './frame'
import { Header } from './header'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { PreChatForm } from './prechat-form'
import { EmailForm } from './questions'
import { asksFirst, canWrite, has, isClosed, isHome, type State } from './state'
import { t } from './texts'
import { Thread, UnreadView } from './thread-view'

const CONTROLS = 'a,button,input,textarea,select,label'

const focusOn = (view: Element | null): void =>
  view?.querySelector<HTMLElement>('textarea,input,.body')?.focus({ preventScroll: true })

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
    if (state.isOpen && !view.current?.contains(document.activeElement)) {
      focusOn(view.current)
    }
  }, [state.isOpen, isAsking])
  useEffect(() => {
    // Heard on the document: a browser may leave the focus outside every field of ours (WebKit, before the first touch).
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && isFramed && !event.defaultPrevented) tellPage('closeWindow')
    }
    let isFirst = false
    const touch = (): unknown => (isFirst = !document.hasFocus())
    // By a finger the keyboard would come up unasked.
    const takeFocus = ({ pointerType, target }: PointerEvent): void => {
      if (isFirst && pointerType === 'mouse' && !(target as Element).closest(CONTROLS)) focusOn(view.current)
    }
    document.addEventListener('keydown', close)
    document.addEventListener('pointerdown', touch, true)
    document.addEventListener('pointerup', takeFocus)
    return () => {
      document.removeEventListener('keydown', close)
      document.removeEventListener('pointerdown', touch, true)
      document.removeEventListener('pointerup', takeFocus)
    }
  }, [])
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
    return (
      <div ref={view}>
        <UnreadView messenger={messenger} state={state} open={() => tellPage('toggleBubble')} />
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
      <Header messenger={messenger} state={state} isBig={isHome(state)} />
      <p class={`line ${state.line}`} role="status">
        {state.line === 'down' ? t('offline') : state.line === 'back' ? t('online') : ''}
      </p>
      <main>
        {isAsking ? (
          <PreChatForm messenger={messenger} state={state} />
        ) : (
          <Thread messenger={messenger} state={state} />
        )}
        <p class="notice" role="alert">
          {state.notice}
        </p>
        {state.conversation?.status === 'resolved' && !state.isFresh && <Done messenger={messenger} state={state} />}
        {canWrite(state) && <Composer messenger={messenger} state={state} />}
      </main>
      {isDragged && <div class="drop">{t('dropHere')}</div>}
    </div>
  )
}

/** After a resolved conversation: a copy by mail (W-06), and a new conversation where the old one is closed for good. */
function Done({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const [step, setStep] = useState<'offer' | 'email' | 'sent'>('offer')
  const request = async (email: string): Promise<boolean> => {
    const isGood = await messenger.requestTranscript(email)
    if (isGood) setStep('sent')
    return isGood
  }
  return (
    <div class="done">
      {step === 'sent' && <p role="status">{t('transcriptSent')}</p>}
      {step === 'email' && <EmailForm label={t('yourEmail')} give={request} />}
      {step === 'offer' && (
        <button class="btn" onClick={() => (state.visitor?.has_email ? void request('') : setStep('email'))}>
          <Icon name="mail" size={16} /> {t('transcript')}
        </button>
      )}
      {isClosed(state) && (
        <button class="btn solid" onClick={() => messenger.beginAnew()}>
          {t('newConversation')}
        </button>
      )}
    </div>
  )
}

/**
 * Where the visitor writes: the first card of the home view, or the foot of a conversation. Enter sends, Shift+Enter
 * breaks the line. What is not sent stays written, over a reload too.
 */
import type { ComponentType, VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type EmojiPicker from './emoji'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { has, isResolved, type State } from './state'
import { t } from './texts'

// What the server takes from visitors (behaviour.md F.14).
const ACCEPTED =
  'image/*,audio/*,video/*,.csv,.txt,.rtf,.json,.pdf,.zip,.7z,.rar,.tar,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt'
const TALLEST_PX = 140
const NEW = 'draft:new'

/** As tall as its text, up to a limit; one line while it has no size of its own. */
function fit(element: HTMLTextAreaElement): void {
  element.style.height = 'auto'
  if (element.clientWidth) element.style.height = `${Math.min(element.scrollHeight, TALLEST_PX)}px`
}

interface Props {
  messenger: Messenger
  state: State
  isHome?: boolean
}

export function Composer({ messenger, state, isHome = false }: Props): VNode {
  const draft = isHome ? 'draft:home' : state.isFresh || !state.conversation ? NEW : `draft:${state.conversation.id}`
  return <Field draft={draft} messenger={messenger} state={state} isHome={isHome} />
}

function Field({ messenger, state, isHome, draft }: Required<Props> & { draft: string }): VNode {
  const [text, setText] = useState(messenger.kept.read(draft))
  const [Picker, setPicker] = useState<{ view: ComponentType<Parameters<typeof EmojiPicker>[0]> } | null>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  const files = useRef<HTMLInputElement>(null)
  const canAttach = has(state, 'attachments')
  const before = useRef(draft)

  useLayoutEffect(() => {
    if (before.current === draft) return
    // A conversation that began, or was fetched, gets its number while the visitor continues writing in it.
    const isSame = before.current === NEW && text !== ''
    if (isSame) {
      messenger.kept.write(NEW, '')
      messenger.kept.write(draft, text)
    } else setText(messenger.kept.read(draft))
    before.current = draft
  }, [draft])
  useLayoutEffect(() => fit(box.current!), [text, state.isOpen])
  useEffect(() => {
    // In a hidden frame nothing has a size: measured when it shows, and when its width changes.
    let width = 0
    const watcher = new ResizeObserver(([entry]) => {
      if (entry!.contentRect.width !== width && box.current) fit(box.current)
      width = entry!.contentRect.width
    })
    watcher.observe(box.current!)
    return () => watcher.disconnect()
  }, [])
  useEffect(() => {
    if (state.isOpen) box.current?.focus({ preventScroll: true })
  }, [state.isOpen])

  const write = (next: string): void => {
    setText(next)
    messenger.kept.write(draft, next)
  }
  const send = (): void => {
    if (!text.trim()) return
    write('')
    messenger.say(text)
    box.current?.focus()
  }
  const put = (emoji: string): void => {
    const field = box.current!
    closePicker()
    // As if it were typed, so that the browser's undo takes it back; marked as outdated, with nothing in its place.
    if (document.execCommand('insertText', false, emoji)) return
    field.setRangeText(emoji, field.selectionStart, field.selectionEnd, 'end')
    write(field.value)
  }
  const closePicker = (): void => {
    setPicker(null)
    box.current?.focus()
  }
  const field = (
    <textarea
      ref={box}
      rows={isHome ? 2 : 1}
      dir={text ? 'auto' : undefined}
      value={text}
      maxLength={150000}
      aria-label={t('message')}
      placeholder={t(isHome ? 'tellUs' : isResolved(state) ? 'reopen' : 'write')}
      onInput={(event) => {
        write(event.currentTarget.value)
        messenger.typesALetter()
      }}
      onBlur={() => messenger.quiet()}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault()
          send()
        }
      }}
      onPaste={(event) => {
        const pasted = event.clipboardData?.files
        if (canAttach && pasted?.length) {
          event.preventDefault()
          messenger.attach(pasted)
        }
      }}
    />
  )
  const tools = (
    <>
      {has(state, 'emoji_picker') && (
        <button
          type="button"
          class="icb"
          aria-label={t('emoji')}
          aria-expanded={Picker !== null}
          onClick={() => void import('./emoji').then((module) => setPicker({ view: module.default }))}
        >
          <Icon name="smile" />
        </button>
      )}
      {canAttach && (
        <>
          <input
            ref={files}
            type="file"
            class="sr"
            tabIndex={-1}
            aria-hidden="true"
            multiple
            accept={ACCEPTED}
            onChange={(event) => {
              messenger.attach(event.currentTarget.files ?? [])
              event.currentTarget.value = ''
            }}
          />
          <button type="button" class="icb" aria-label={t('attach')} onClick={() => files.current?.click()}>
            <Icon name="clip" />
          </button>
        </>
      )}
    </>
  )
  return (
    <form
      class={isHome ? 'cd write' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {Picker && <Picker.view pick={put} close={closePicker} isBelow={isHome} />}
      {isHome && <h2>{t('writeUs')}</h2>}
      {field}
      <div class="tools">
        {tools}
        <button class="go" aria-label={t('send')} disabled={!text.trim()}>
          <Icon name="send" size={16} />
        </button>
      </div>
    </form>
  )
}

/** Where the visitor writes. Enter sends, Shift+Enter breaks the line. */
import type { ComponentType, VNode } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type EmojiPicker from './emoji'
import { Icon } from './icons'
import type { Messenger } from './messenger'
import { has, type State } from './state'
import { t } from './texts'

// What the server takes from visitors (behaviour.md F.14).
const ACCEPTED =
  'image/*,audio/*,video/*,.csv,.txt,.rtf,.json,.pdf,.zip,.7z,.rar,.tar,.doc,.docx,.xls,.xlsx,.ppt,.pptx,.odt'
const TALLEST_PX = 140

/** As tall as its text, up to a limit; one line while it has no size of its own. */
function fit(element: HTMLTextAreaElement): void {
  element.style.height = 'auto'
  if (element.clientWidth) element.style.height = `${Math.min(element.scrollHeight, TALLEST_PX)}px`
}

export function Composer({ messenger, state }: { messenger: Messenger; state: State }): VNode {
  const [text, setText] = useState('')
  const [Picker, setPicker] = useState<{ view: ComponentType<Parameters<typeof EmojiPicker>[0]> } | null>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  const files = useRef<HTMLInputElement>(null)
  const canAttach = has(state, 'attachments')

  useLayoutEffect(() => fit(box.current!), [text, state.isOpen])
  useEffect(() => {
    // In a hidden frame nothing has a size: measured when it shows, and when its width changes.
    let width = 0
    const watcher = new ResizeObserver(([entry]) => {
      if (entry!.contentRect.width !== width) fit(box.current!)
      width = entry!.contentRect.width
    })
    watcher.observe(box.current!)
    return () => watcher.disconnect()
  }, [])
  useEffect(() => {
    if (state.isOpen) box.current?.focus({ preventScroll: true })
  }, [state.isOpen])

  const send = (): void => {
    if (!text.trim()) return
    messenger.say(text)
    setText('')
    box.current?.focus()
  }
  const put = (emoji: string): void => {
    const { selectionStart: from, selectionEnd: to } = box.current!
    setText(text.slice(0, from) + emoji + text.slice(to))
    setPicker(null)
    requestAnimationFrame(() => {
      box.current?.focus()
      box.current?.setSelectionRange(from + emoji.length, from + emoji.length)
    })
  }
  const closePicker = (): void => {
    setPicker(null)
    box.current?.focus()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {Picker && <Picker.view pick={put} close={closePicker} />}
      <textarea
        ref={box}
        rows={1}
        value={text}
        maxLength={150000}
        aria-label={t('message')}
        placeholder={t('write')}
        onInput={(event) => {
          setText(event.currentTarget.value)
          messenger.types()
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
      <button class="go" aria-label={t('send')} disabled={!text.trim()}>
        <Icon name="send" size={16} />
      </button>
    </form>
  )
}

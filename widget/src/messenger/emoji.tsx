/** A picker with search, by the words of Unicode's CLDR (emoji/, scripts/emoji.mjs); loaded when it is first opened. */
import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { spoken, t } from './texts'
import './styles/emoji.css'

type Names = Record<string, string>

const COLUMNS = 8
const ADDRESSES = import.meta.glob<string>('./emoji/*.json', { query: '?url', import: 'default', eager: true })

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Some signs are drawn as text unless told otherwise. */
const drawn = (emoji: string): string => (/\p{Emoji_Presentation}/u.test(emoji) ? emoji : emoji + '\ufe0f')

/** Those that each word of the question begins a word of. */
export function found(names: Names, question: string): string[] {
  const asked = fold(question).split(/\s+/).filter(Boolean)
  return Object.keys(names).filter((emoji) => {
    const words = fold(names[emoji]!).split(' ')
    return asked.every((part) => words.some((word) => word.startsWith(part)))
  })
}

interface Props {
  pick: (emoji: string) => void
  close: () => void
  isBelow: boolean
}

export default function EmojiPicker({ pick, close, isBelow }: Props): VNode {
  const [names, setNames] = useState<Names>({})
  const [question, setQuestion] = useState('')
  const box = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    void fetch(ADDRESSES[`./emoji/${spoken()}.json`]!)
      .then((answer) => answer.json())
      .then((found: Names) => setNames(found), close)
    field.current?.focus()
    const away = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) close()
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [])
  const shown = found(names, question)
  const keys = (event: KeyboardEvent): void => {
    const all = [...box.current!.querySelectorAll('button')]
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const side = document.documentElement.dir === 'rtl' ? -1 : 1
    const step = { ArrowRight: side, ArrowLeft: -side, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (event.key === 'Enter' && at < 0) {
      event.preventDefault()
      if (shown[0]) pick(drawn(shown[0]))
    } else if (step && at >= 0) {
      event.preventDefault()
      if (at + step < 0) field.current?.focus()
      else all[Math.min(at + step, all.length - 1)]?.focus()
    } else if (event.key === 'ArrowDown') {
      event.preventDefault()
      all[0]?.focus()
    }
  }
  return (
    <div class={isBelow ? 'emoji below' : 'emoji'} ref={box} role="dialog" aria-label={t('emoji')} onKeyDown={keys}>
      <input
        ref={field}
        type="search"
        dir={question ? 'auto' : undefined}
        value={question}
        aria-label={t('emojiSearch')}
        placeholder={t('emojiSearch')}
        onInput={(event) => setQuestion(event.currentTarget.value)}
      />
      <div class="grid">
        {shown.map((emoji) => (
          <button key={emoji} type="button" title={names[emoji]} onClick={() => pick(drawn(emoji))}>
            {drawn(emoji)}
          </button>
        ))}
      </div>
      <p role="status">{question && !shown.length ? t('emojiNone') : ''}</p>
    </div>
  )
}

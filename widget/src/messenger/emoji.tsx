/** A small picker; loaded when it is first opened. */
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from './texts'

const COLUMNS = 8
const EMOJI = [
  ...'😀😄😁😂😊🙂😉😍😘😋😎🤔😐😴😢😭😡😱😅🙄😬🤗🤩🥳👍👎👏🙏👋💪🤝👌👀🔥🎉💯🚀💡🎁📦📷🏠🚗🍕🍺🌞🌹🐶🐱',
  '❤️',
  '✅',
  '❌',
  '⭐',
  '☕',
  '✈️',
  '⏰',
]

export default function EmojiPicker({ pick, close }: { pick: (emoji: string) => void; close: () => void }): VNode {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.querySelector('button')?.focus()
    const away = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) close()
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [])
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key]
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (step) {
      event.preventDefault()
      const all = [...box.current!.querySelectorAll('button')]
      const at = all.indexOf(document.activeElement as HTMLButtonElement) + step
      all[Math.min(Math.max(at, 0), all.length - 1)]!.focus()
    }
  }
  return (
    <div class="emoji" ref={box} role="group" aria-label={t('emoji')} onKeyDown={keys}>
      {EMOJI.map((emoji) => (
        <button key={emoji} type="button" onClick={() => pick(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  )
}

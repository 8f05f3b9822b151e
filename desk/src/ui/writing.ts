/** What a program does to a field: it writes, and it measures. */

/**
 * Make the field say `text` as if its keys were struck, so that the browser's undo takes it back: a value that is set
 * cuts the history off. Only what differs is written.
 */
export function rewrite(field: HTMLTextAreaElement | HTMLInputElement, text: string): void {
  const before = field.value
  if (before === text) return
  let from = 0
  while (from < Math.min(before.length, text.length) && before[from] === text[from]) from += 1
  let tail = 0
  const most = Math.min(before.length, text.length) - from
  while (tail < most && before.at(-1 - tail) === text.at(-1 - tail)) tail += 1
  const piece = text.slice(from, text.length - tail)
  field.focus()
  field.setSelectionRange(from, before.length - tail)
  // Marked as outdated, and the only way into a field's history: nothing has taken its place.
  if (piece ? document.execCommand?.('insertText', false, piece) : document.execCommand?.('delete')) return
  field.setRangeText(piece, from, before.length - tail, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}

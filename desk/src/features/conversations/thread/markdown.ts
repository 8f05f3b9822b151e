// Markdown without its renderer: the marks that the composer's buttons put around a selection.

export interface Edit {
  text: string
  start: number
  end: number
}

/** Put the mark around the selection, or take it away when it is there. */
export function toggleMark(edit: Edit, mark: string): Edit {
  const { text, start, end } = edit
  const width = mark.length
  const chosen = text.slice(start, end)
  if (text.slice(start - width, start) === mark && text.slice(end, end + width) === mark)
    return {
      text: text.slice(0, start - width) + chosen + text.slice(end + width),
      start: start - width,
      end: end - width,
    }
  if (chosen.length >= 2 * width && chosen.startsWith(mark) && chosen.endsWith(mark)) {
    const bare = chosen.slice(width, -width)
    return { text: text.slice(0, start) + bare + text.slice(end), start, end: start + bare.length }
  }
  return { text: text.slice(0, start) + mark + chosen + mark + text.slice(end), start: start + width, end: end + width }
}

export function putLink(edit: Edit, url: string): Edit {
  const chosen = edit.text.slice(edit.start, edit.end) || url
  const link = `[${chosen.replace(/[[\]]/g, '')}](${url})`
  const at = edit.start + link.length
  return { text: edit.text.slice(0, edit.start) + link + edit.text.slice(edit.end), start: at, end: at }
}

/** Begin each line of the selection with the mark of a list or a quote, or undo that; `1. ` counts. */
export function toggleLines(edit: Edit, mark: '- ' | '1. ' | '> '): Edit {
  const from = edit.text.lastIndexOf('\n', edit.start - 1) + 1
  const to = edit.end
  const lines = edit.text.slice(from, to).split('\n')
  const begins = mark === '1. ' ? /^\d{1,3}[.)] / : new RegExp(`^${mark}`)
  const isSet = lines.every((line) => begins.test(line))
  const changed = lines
    .map((line, index) => (isSet ? line.replace(begins, '') : `${mark === '1. ' ? `${index + 1}. ` : mark}${line}`))
    .join('\n')
  return { text: edit.text.slice(0, from) + changed + edit.text.slice(to), start: from, end: from + changed.length }
}

export function insert(edit: Edit, piece: string): Edit {
  const at = edit.start + piece.length
  return { text: edit.text.slice(0, edit.start) + piece + edit.text.slice(edit.end), start: at, end: at }
}

export interface Trigger {
  sign: '/' | '@' | ':'
  query: string
  from: number
}

/** What the caret stands in: a short code, a mention or an emoji name that began after a space. */
export function triggerAt(text: string, caret: number): Trigger | undefined {
  const match = /(^|\s)([/@:])([\p{L}\p{N}_-]{0,40})$/u.exec(text.slice(0, caret))
  if (!match) return undefined
  const query = match[3] ?? ''
  const sign = match[2] as Trigger['sign']
  if (sign === ':' && query.length < 2) return undefined
  return { sign, query, from: caret - query.length - 1 }
}

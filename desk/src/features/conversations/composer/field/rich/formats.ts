// What the buttons do to the document, and which of them are on under the caret.
import { lift, toggleMark, wrapIn } from 'prosemirror-commands'
import type { NodeType } from 'prosemirror-model'
import { liftListItem, wrapInList } from 'prosemirror-schema-list'
import { TextSelection, type Command, type EditorState } from 'prosemirror-state'

import type { Format } from '../writingField'
import { schema } from './schema'

const { nodes, marks } = schema
const MARKS = { bold: marks.strong, italic: marks.em, strike: marks.strike, code: marks.code, link: marks.link }

const isMark = (format: Format): format is keyof typeof MARKS => format in MARKS

function isInside(state: EditorState, type: NodeType): boolean {
  const { $from } = state.selection
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true
  return false
}

export function activeFormats(state: EditorState): Set<Format> {
  const { from, $from, to, empty } = state.selection
  const on = new Set<Format>()
  const here = state.storedMarks ?? $from.marks()
  for (const [format, type] of Object.entries(MARKS))
    if (empty ? type.isInSet(here) : state.doc.rangeHasMark(from, to, type)) on.add(format as Format)
  if (isInside(state, nodes.bullet_list)) on.add('list')
  if (isInside(state, nodes.ordered_list)) on.add('ordered')
  if (isInside(state, nodes.blockquote)) on.add('quote')
  return on
}

/** The command of a button. */
export function formatting(format: Format, address = ''): Command {
  if (format === 'link') return linking(address)
  if (isMark(format)) return toggleMark(MARKS[format])
  if (format === 'quote')
    return (state, dispatch) => (isInside(state, nodes.blockquote) ? lift : wrapIn(nodes.blockquote))(state, dispatch)
  return listing(format === 'list' ? nodes.bullet_list : nodes.ordered_list)
}

function linking(href: string): Command {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection
    const link = marks.link.create({ href })
    const tr = empty
      ? state.tr.replaceSelectionWith(schema.text(href.replace(/^(?:https?:\/\/|mailto:|tel:)/, ''), [link]), false)
      : state.tr.addMark(from, to, link).setSelection(TextSelection.create(state.doc, to))
    dispatch?.(tr.removeStoredMark(marks.link))
    return true
  }
}

/** Each line of the selection becomes an item; again, and it is a line. One kind of list becomes the other. */
function listing(type: NodeType): Command {
  return (state, dispatch) => {
    if (isInside(state, type)) return liftListItem(nodes.list_item)(state, dispatch)
    const { $from } = state.selection
    for (let depth = $from.depth; depth > 0; depth -= 1)
      if ($from.node(depth).type.isInGroup('list')) {
        dispatch?.(state.tr.setNodeMarkup($from.before(depth), type))
        return true
      }
    const split = linesApart(state)
    const next = state.apply(split)
    return wrapInList(type)(
      next,
      dispatch &&
        ((tr) => {
          for (const step of tr.steps) split.step(step)
          dispatch(split)
        }),
    )
  }
}

/** The lines that the selection touches as paragraphs of their own. */
function linesApart(state: EditorState) {
  const { $from, $to } = state.selection
  const ends: number[] = []
  const begin = lineStart($from.parent, $from.parentOffset)
  state.doc.nodesBetween($from.start(), $to.end(), (node, pos) => {
    if (node.type !== nodes.hard_break) return
    const first = $from.start() + begin
    const last = $to.start() + lineEnd($to.parent, $to.parentOffset)
    if (pos >= first - 1 && pos <= last) ends.push(pos)
  })
  const { tr } = state
  for (const pos of ends.reverse()) tr.delete(pos, pos + 1).split(pos)
  return tr
}
type Parent = EditorState['doc']
function breaksOf(parent: Parent): number[] {
  const found: number[] = []
  parent.forEach((child, offset) => child.type === nodes.hard_break && found.push(offset))
  return found
}
const lineStart = (parent: Parent, at: number): number => (breaksOf(parent).findLast((one) => one < at) ?? -1) + 1
const lineEnd = (parent: Parent, at: number): number => breaksOf(parent).find((one) => one >= at) ?? parent.content.size

// What the keys of the field do beyond typing. Enter that sends never gets here: the composer takes it.
import { baseKeymap, chainCommands, liftEmptyBlock, newlineInCode, selectAll } from 'prosemirror-commands'
import { redo, undo } from 'prosemirror-history'
import { liftListItem, splitListItem } from 'prosemirror-schema-list'
import { TextSelection, type Command } from 'prosemirror-state'

import { schema } from './schema'

const { nodes } = schema

/** A line end; the second in a row begins a paragraph, as an empty line does in Markdown. A third has nothing to say. */
export const newLine: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  if (!$from.parent.inlineContent) return false
  const isAfterBreak = empty && $from.nodeBefore?.type === nodes.hard_break
  if (isAfterBreak)
    dispatch?.(
      state.tr
        .delete($from.pos - 1, $from.pos)
        .split($from.pos - 1)
        .scrollIntoView(),
    )
  else if (empty && !$from.parent.content.size && $from.index(-1) > 0 && $from.depth === 1) return true
  else dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView())
  return true
}

const enter = chainCommands(
  newlineInCode,
  splitListItem(nodes.list_item),
  liftListItem(nodes.list_item),
  (state, dispatch) => state.selection.$from.depth > 1 && liftEmptyBlock(state, dispatch),
  newLine,
)
/** A list item that is erased at its beginning is a line again. */
const backspace: Command = (state, dispatch) => {
  const { $from, empty } = state.selection
  if (!empty || $from.parentOffset || $from.node(-1)?.type !== nodes.list_item) return false
  return liftListItem(nodes.list_item)(state, dispatch)
}
/** Out of a block that ends the text: there is no line below to go to. */
const down: Command = (state, dispatch, view) => {
  const { $from } = state.selection
  const isLast =
    $from.depth && $from.after(1) === state.doc.content.size && $from.parentOffset === $from.parent.content.size
  if (!isLast || $from.node(1).type === nodes.paragraph || !view?.endOfTextblock('down')) return false
  const tr = state.tr.insert(state.doc.content.size, nodes.paragraph.create())
  dispatch?.(tr.setSelection(TextSelection.atEnd(tr.doc)).scrollIntoView())
  return true
}

export const keys: Record<string, Command> = {
  ...{
    Backspace: chainCommands(backspace, baseKeymap.Backspace!),
    'Mod-Backspace': chainCommands(backspace, baseKeymap['Mod-Backspace']!),
  },
  ...{ Delete: baseKeymap.Delete!, 'Mod-Delete': baseKeymap['Mod-Delete']!, 'Mod-a': selectAll },
  ...{ Enter: enter, 'Shift-Enter': enter, ArrowDown: down },
  ...{ 'Mod-z': undo, 'Shift-Mod-z': redo, 'Mod-y': redo },
}

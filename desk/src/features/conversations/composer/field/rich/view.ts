// The editor on its element: one state for one text, and what the field is asked to do to it.
import { closeHistory, history, redo, undo } from 'prosemirror-history'
import { keymap } from 'prosemirror-keymap'
import { Fragment, Slice, type Node } from 'prosemirror-model'
import { EditorState, NodeSelection, Selection, TextSelection, type Command, type Transaction } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'

import { gapText, nextGap } from '../gaps'
import type { Chip, Format } from '../writingField'
import { wireOf } from '../../mentions'
import { activeFormats, formatting } from './formats'
import { keys } from './keys'
import { cleanHtml, lines, plainSlice } from './pasting'
import { paragraphsOf, readDocument } from './reading'
import { schema } from './schema'
import { writeDocument } from './writing'

const { nodes, marks } = schema
/** Code is left alone: it may show a template. */
const CODE_OR_VARIABLE = /```[\s\S]*?```|`[^`\n]+`|\{\{\s*([\w.]+)\s*\}\}/g

export interface RichHears {
  /** The text as Markdown, whenever it changed under the hand. */
  written: (markdown: string) => void
  moved: (on: Set<Format>, isEmpty: boolean) => void
  /** Whether this channel shows marks. */
  formats: () => boolean
  /** What a variable says here; '' when nothing. */
  valueOf: (raw: string) => string
}

export function createRich(place: HTMLElement, markdown: string, hears: RichHears) {
  const shaped = (doc: Node): Node => (hears.formats() ? doc : bare(doc))
  /** Whoever comes into a text goes on at its end. */
  function stateOf(text: string): EditorState {
    const doc = shaped(readDocument(text))
    return EditorState.create({ doc, selection: Selection.atEnd(doc), plugins: [history(), keymap(keys)] })
  }

  const view = new EditorView(
    { mount: place },
    {
      state: stateOf(markdown),
      dispatchTransaction(tr: Transaction) {
        view.updateState(view.state.apply(tr))
        if (tr.docChanged) hears.written(writeDocument(view.state.doc))
        told()
      },
      handleTextInput: (_view, from, to, typed) => closesVariable(from, to, typed),
      handleDOMEvents: { beforeinput: (_view, event) => onBeforeInput(event) },
      transformPastedHTML: cleanHtml,
      clipboardTextParser: (text) => plainSlice(text),
      transformPasted: (slice) =>
        hears.formats() ? slice : plainSlice(slice.content.textBetween(0, slice.content.size, '\n\n', leafText)),
      clipboardTextSerializer: (slice) => slice.content.textBetween(0, slice.content.size, '\n\n', leafText),
      handlePaste: (_view, event) => linkOverWords(event),
      nodeViews: {
        variable: (node) => {
          const dom = document.createElement('span')
          const value = hears.valueOf(String(node.attrs.raw))
          dom.className = value ? 'val1' : 'val1 none'
          dom.textContent = value || String(node.attrs.raw)
          dom.title = String(node.attrs.raw)
          return { dom }
        },
      },
    },
  )
  const told = (): void => hears.moved(hears.formats() ? activeFormats(view.state) : new Set(), isBlank(view.state.doc))
  told()

  const run = (command: Command): boolean => command(view.state, (tr) => view.dispatch(tr.scrollIntoView()), view)

  function onBeforeInput(event: InputEvent): boolean {
    const format = ({ formatBold: 'bold', formatItalic: 'italic', formatStrikeThrough: 'strike' } as const)[
      event.inputType
    ]
    const step = { historyUndo: undo, historyRedo: redo }[event.inputType]
    if (!event.inputType.startsWith('format') && !step) return false
    event.preventDefault()
    if (step) run(step)
    else if (format) formatted(format)
    return true
  }
  function formatted(format: Format, address?: string): void {
    if (hears.formats()) run(formatting(format, address))
    view.focus()
  }
  /** `{{contact.name}}` that was typed is what a canned response's is: the server fills it in. */
  function closesVariable(from: number, to: number, typed: string): boolean {
    if (typed !== '}') return false
    const raw = /\{\{[^{}\n]{1,200}\}$/.exec(before())?.[0]
    if (!raw || from !== to) return false
    view.dispatch(view.state.tr.replaceWith(from - raw.length, to, nodes.variable.create({ raw: `${raw}}` })))
    return true
  }
  /** An address pasted over words is their link. */
  function linkOverWords(event: ClipboardEvent): boolean {
    const text = event.clipboardData?.getData('text/plain').trim() ?? ''
    const { empty, $from, $to } = view.state.selection
    if (empty || !hears.formats() || !$from.sameParent($to) || !/^https?:\/\/\S+$/.test(text)) return false
    return run(formatting('link', text))
  }
  function before(): string {
    const { $from } = view.state.selection
    return (
      $from.parent
        .textBetween(0, $from.parentOffset, '\n', (leaf) => (leaf.type === nodes.hard_break ? '\n' : '\ufffc'))
        .split('\n')
        .at(-1) ?? ''
    )
  }

  /** A step of its own for undo, apart from what is typed before and after. */
  function alone(tr: Transaction): void {
    view.dispatch(closeHistory(tr))
    view.dispatch(closeHistory(view.state.tr))
    view.focus()
  }
  function put(slice: Slice, replacing: number): void {
    const { tr, selection } = view.state
    if (replacing && selection.empty) tr.delete(selection.from - replacing, selection.from)
    alone(tr.replaceSelection(slice).scrollIntoView())
  }
  function insert(markdown: string, replacing = 0): void {
    const [, space = '', said = '', rest = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(markdown) ?? []
    const doc = shaped(readDocument(said))
    const single = doc.childCount === 1 && doc.firstChild!.type === nodes.paragraph
    if (!single) return put(Slice.maxOpen(doc.content), replacing)
    const inline = [...lines(space), ...paragraphsOf(doc.firstChild!)[0]!, ...lines(rest)]
    put(new Slice(Fragment.fromArray(inline), 0, 0), replacing)
  }

  return {
    view,
    insert,
    before,
    format: formatted,
    load(text: string): void {
      view.updateState(stateOf(text))
      told()
    },
    insertTemplate(markdown: string, replacing = 0): void {
      const said = (whole: string, path?: string): string =>
        path === undefined || hears.valueOf(whole) ? whole : gapText(path)
      insert(markdown.replace(CODE_OR_VARIABLE, said), replacing)
    },
    insertChip(chip: Chip, replacing = 0): void {
      const node =
        chip.kind === 'gap'
          ? nodes.gap.create({ name: chip.name })
          : chip.kind === 'variable'
            ? nodes.variable.create({ raw: `{{${chip.path}}}` })
            : nodes.mention.create({ name: chip.name, href: /\((mention:.*)\)$/.exec(wireOf(chip.name, chip.id))![1] })
      put(new Slice(Fragment.from(node), 0, 0), replacing)
    },
    append(markdown: string): void {
      const { tr, doc } = view.state
      const more = shaped(readDocument(markdown)).content
      if (isBlank(doc)) tr.replaceWith(0, doc.content.size, more)
      else tr.insert(doc.content.size, more)
      alone(tr.setSelection(TextSelection.atEnd(tr.doc)).scrollIntoView())
    },
    nextGap(back = false): boolean {
      const gaps: { start: number; end: number }[] = []
      view.state.doc.descendants((node, pos) => {
        if (node.type === nodes.gap) gaps.push({ start: pos, end: pos + 1 })
      })
      const { from, to } = view.state.selection
      const gap = nextGap(gaps, { start: from, end: to }, back)
      if (gap)
        view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, gap.start)).scrollIntoView())
      if (gap) view.focus()
      return gap !== undefined
    },
    isInCode: (): boolean =>
      view.state.selection.$from.parent.type === nodes.code_block ||
      marks.code.isInSet(view.state.selection.$from.marks()) !== undefined,
    isAtEnd: (): boolean => view.state.selection.to === TextSelection.atEnd(view.state.doc).to,
    toEnd: (): void => view.dispatch(view.state.tr.setSelection(TextSelection.atEnd(view.state.doc))),
  }
}

const isBlank = (doc: Node): boolean =>
  doc.childCount === 1 && doc.firstChild!.type === nodes.paragraph && !doc.firstChild!.content.size
const leafText = (leaf: Node): string => leaf.type.spec.leafText?.(leaf) ?? ''

/** The words alone, as a channel without marks will show them. */
function bare(doc: Node): Node {
  const made: Node[] = []
  const line = (pieces: readonly Node[]): Node[] => pieces.map((one) => (one.marks.length ? one.mark([]) : one))
  const walk = (block: Node, indent: string): void => {
    if (!block.type.isInGroup('list')) {
      for (const pieces of paragraphsOf(block)) made.push(nodes.paragraph.create(null, line(pieces)))
      return
    }
    const items: Node[] = []
    block.forEach((item, _offset, index) => {
      const sign = block.type === nodes.ordered_list ? `${Number(block.attrs.start) + index}. ` : '- '
      items.push(
        ...(index ? [nodes.hard_break.create()] : []),
        schema.text(indent + sign),
        ...line(paragraphsOf(item.firstChild!)[0] ?? []),
      )
    })
    made.push(nodes.paragraph.create(null, items))
  }
  doc.forEach((block) => walk(block, ''))
  return nodes.doc.create(null, made.length ? made : [nodes.paragraph.create()])
}

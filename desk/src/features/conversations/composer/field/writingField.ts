// The field of the composer as everything around it sees it, whichever field the person writes in: it holds Markdown.
import type { Id } from '@/api/models'

import type { Trigger } from '../../thread/markdown'

export type Format = 'bold' | 'italic' | 'strike' | 'code' | 'list' | 'ordered' | 'quote' | 'link'

/** One thing in the text that is written and erased as a whole. */
export type Chip =
  /** A blank: it must be filled in before the text is sent. */
  | { kind: 'gap'; name: string }
  /** A variable of the contract's, `{{contact.name}}`, by its path; shown as what it says here. */
  | { kind: 'variable'; path: string }
  | { kind: 'mention'; name: string; id: Id }

export interface WritingField {
  focus: () => void
  blur: () => void
  hasFocus: () => boolean
  /** What the caret stands in: a short code, a mention, an emoji's name. */
  trigger: () => Trigger | undefined
  /** What stands before the caret in its line. */
  before: () => string
  /** Markdown in place of the selection; `replacing` so many characters before the caret. One step for undo. */
  insert: (markdown: string, replacing?: number) => void
  /** A canned response: variables stand there as what they say here, or as blanks where they say nothing. */
  insertTemplate: (markdown: string, replacing?: number) => void
  insertChip: (chip: Chip, replacing?: number) => void
  /** Markdown on a new line behind all. */
  append: (markdown: string) => void
  /** As its button does; `link` takes the address. */
  format: (format: Format, address?: string) => void
  /** Select the next blank after the caret, beginning anew at the end; whether there is one. */
  nextGap: (back?: boolean) => boolean
  /** The caret behind all. */
  toEnd: () => void
  isAtEnd: () => boolean
}

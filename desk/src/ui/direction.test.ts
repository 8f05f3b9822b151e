// Every text people wrote stands by its own direction, whatever the desk's is: Arabic in a Spanish desk, and back.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { parse as parseFile } from '@vue/compiler-sfc'
import { expect, test } from 'vitest'

import { elements, isAuto, shows, type Tag } from '@/testing/templates'

const ROOT = join(process.cwd(), 'src')
const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.vue'))

/** Members that hold what somebody wrote: a customer, a colleague, an administrator. */
const MEMBERS = [
  ...['name', 'available_name', 'content', 'title', 'subject', 'description', 'filename', 'summary', 'location'],
  ...['company_name', 'fallback_title', 'sender', 'preview', 'comment', 'attribute_display_name'],
]
const WRITTEN = new RegExp(`\\.(${MEMBERS.join('|')})\\b|plainLine\\(`)
/** The same under names of a component's own. */
const OWN: Record<string, string[]> = {
  'AttachmentView.vue': ['name'],
  'AttributeList.vue': ['option', 'shown(definition)', "typeof value === 'object' ? JSON.stringify(value) : value"],
  'PaletteEntry.vue': ['part.text', 'entry.second'],
  'ContactPanel.vue': ['label', 'fact.value'],
  'ConversationDesk.vue': ['title'],
  'ConversationRow.vue': ['name', 'line', 'label'],
  'MailFolds.vue': ['part.text'],
  'MessageBubble.vue': ['author', 'submitted'],
  'SuggestionList.vue': ['one.label', 'one.hint'],
  'NotificationBell.vue': ['who', 'text'],
  'SourceDialog.vue': ['text'],
  'ThreadHead.vue': ['name'],
  'UiField.vue': ['option.label'],
  'UiMenu.vue': ['item.label'],
  'UiPicker.vue': ['choice.label', 'choice.hint'],
}
/** Kinds of fields in which nobody writes words. */
const WORDLESS = /^(email|password|url|tel|number|date|datetime-local|time|color|file|checkbox|radio|hidden|range)$/

const templates = files.map((name) => {
  const { descriptor } = parseFile(readFileSync(join(ROOT, name), 'utf8'))
  return { name, file: name.split('/').at(-1)!, all: descriptor.template?.ast ? elements(descriptor.template.ast) : [] }
})

test('Z-34: what people wrote is shown by its own direction', () => {
  const bad = templates.flatMap(({ name, file, all }) =>
    all
      .filter((one) => !isAuto(one))
      .flatMap((one) => shows(one).map((said) => ({ one, said })))
      .filter(({ said }) => isWritten(file, said))
      .map(({ one, said }) => `${name}: <${one.tag}> {{ ${said} }}`),
  )
  expect(bad).toEqual([])
})

test('Z-34: what people write is written by its own direction', () => {
  const isField = (one: Tag): boolean =>
    one.tag === 'textarea' || (one.tag === 'input' && !WORDLESS.test(one.attributes.type ?? 'text'))
  const bad = templates.flatMap(({ name, all }) =>
    all.filter((one) => isField(one) && !isAuto(one)).map((one) => `${name}: <${one.tag}> line ${one.line}`),
  )
  expect(bad).toEqual([])
})

/** A sentence of ours names people inside it; the sentence keeps its own direction. */
function isWritten(file: string, said: string): boolean {
  if (/^t\(/.test(said) || /^\w+ \? t\(.*\) : t\(/.test(said)) return false
  return WRITTEN.test(said) || (OWN[file] ?? []).includes(said)
}

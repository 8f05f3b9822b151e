// What is offered at the caret after "/", "@" and ":", best first. Pure: what there is comes in, what is shown goes out.
import type { Agent, CannedResponse, Id } from '@/api/models'
import { fold, plainLine } from '@/ui/text'

import { EMOJI } from './emoji'

export interface Suggestion {
  key: string
  label: string
  hint: string
  piece: string
  /** Whom the piece mentions. */
  mentions?: Id
}
const MOST = 8

/** Canned responses whose code or text has the words, those whose code begins with them first; `filled` fills in names. */
export function cannedSuggestions(
  canned: readonly CannedResponse[],
  query: string,
  filled: (content: string) => string,
): Suggestion[] {
  const wanted = fold(query)
  const begins = (one: CannedResponse): number => Number(fold(one.short_code).startsWith(wanted))
  return canned
    .filter((one) => fold(one.short_code).includes(wanted) || fold(one.content).includes(wanted))
    .sort((a, b) => begins(b) - begins(a))
    .slice(0, MOST)
    .map((one) => ({ one, piece: filled(one.content) }))
    .map(({ one, piece }) => ({ key: `c${one.id}`, label: `/${one.short_code}`, hint: plainLine(piece), piece }))
}

export function mentionSuggestions(agents: readonly Agent[], query: string): Suggestion[] {
  return agents
    .filter((one) => fold(one.available_name).includes(fold(query)))
    .slice(0, MOST)
    .map((one) => ({
      key: `a${one.id}`,
      label: one.available_name,
      hint: one.email,
      piece: `@${one.available_name} `,
      mentions: one.id,
    }))
}

export function emojiSuggestions(query: string): Suggestion[] {
  return EMOJI.filter((one) => fold(one.words).includes(fold(query)))
    .slice(0, MOST)
    .map((one) => ({ key: one.char, label: one.char, hint: one.words, piece: `${one.char} ` }))
}

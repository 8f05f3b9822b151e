// What is offered at the caret after "@" and ":", best first. Pure: what there is comes in, what is shown goes out.
import type { Agent, Id } from '@/api/models'
import { fold } from '@/ui/text'

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

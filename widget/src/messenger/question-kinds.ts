/** Which messages ask something; what draws them comes with the first of them. */
import type { Message } from './types'

export const QUESTIONS = [
  'input_email',
  'input_select',
  'form',
  'input_text',
  'input_textarea',
  'cards',
  'article',
  'input_csat',
] as const

export const isQuestion = (message: Message): boolean => (QUESTIONS as readonly string[]).includes(message.content_type)

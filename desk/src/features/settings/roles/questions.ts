// The table of roles: each row a question, each question a few answers, each answer what it gives.
import type { RoleColumn } from '@/api/models'

export interface Answer {
  key: string
  /** The permissions that it stands for; none: the plain no. */
  gives: readonly string[]
}
export interface Question {
  key: string
  group: 'conversations' | 'contacts' | 'account'
  /** From the widest to the narrowest. */
  answers: readonly Answer[]
  /** No role of one's own can be given it. */
  fixed?: boolean
}

const NO: Answer = { key: 'no', gives: [] }
const yes = (...gives: string[]): readonly Answer[] => [{ key: 'yes', gives }, NO]

export const SIGHTS = ['inboxes', 'team', 'unassigned', 'own', 'none'] as const
export const QUESTIONS: readonly Question[] = [
  { key: 'sight', group: 'conversations', answers: SIGHTS.map((key) => ({ key, gives: [] })) },
  { key: 'reply', group: 'conversations', answers: yes('conversations.write') },
  { key: 'assign', group: 'conversations', answers: yes('conversations.assign') },
  { key: 'close', group: 'conversations', answers: yes('conversations.close') },
  { key: 'erase', group: 'conversations', answers: yes('messages.delete') },
  {
    key: 'contacts',
    group: 'contacts',
    answers: [
      { key: 'change', gives: ['contacts.read', 'contacts.write'] },
      { key: 'see', gives: ['contacts.read'] },
      { key: 'met', gives: [] },
    ],
  },
  { key: 'drop', group: 'contacts', answers: yes('contacts.delete') },
  { key: 'exchange', group: 'contacts', answers: yes('contacts.exchange') },
  { key: 'reports', group: 'account', answers: yes('reports.read') },
  {
    key: 'canned',
    group: 'account',
    answers: [
      { key: 'write', gives: ['shared_settings.write'] },
      { key: 'use', gives: [] },
    ],
  },
  { key: 'labels', group: 'account', answers: yes('labels.write') },
  { key: 'teams', group: 'account', answers: yes('teams.write') },
  { key: 'inboxes', group: 'account', answers: yes('inboxes.write') },
  { key: 'staff', group: 'account', answers: yes('agents.write', 'administration', 'account.write'), fixed: true },
]
export const GROUPS = ['conversations', 'contacts', 'account'] as const

export type Answers = Pick<RoleColumn, 'sight' | 'capabilities'>

/** What the role says to the question: the widest answer of which it has everything. */
export function answerOf(question: Question, role: Answers & { everything?: boolean }): string {
  if (question.key === 'sight') return role.everything ? 'everything' : role.sight
  const has = new Set(role.capabilities)
  return question.answers.find((answer) => answer.gives.every((one) => has.has(one)))!.key
}

/** The role with that answer: what the question's other answers give is taken away. */
export function withAnswer<T extends Answers>(role: T, question: Question, key: string): T {
  if (question.key === 'sight') return { ...role, sight: key as T['sight'] }
  const asked = new Set(question.answers.flatMap((answer) => answer.gives))
  const gives = question.answers.find((answer) => answer.key === key)?.gives ?? []
  return { ...role, capabilities: [...role.capabilities.filter((one) => !asked.has(one)), ...gives].sort() }
}

/** The questions that two states of a role answer differently. */
export function changed(before: Answers, now: Answers): Question[] {
  return QUESTIONS.filter((question) => answerOf(question, before) !== answerOf(question, now))
}

/** The question under which a refusal stands: the one whose answers give what was refused. */
export function questionAbout(field: string): string {
  if (field === 'inbox_ids') return 'only_inboxes'
  return QUESTIONS.find((one) => one.answers.some((answer) => answer.gives.includes(field)))?.key ?? field
}

/** Who is here and how soon they answer, in a sentence: from presence and the measured time, never from hope. */
import { backSentence, isOpen } from './hours'
import { nameOf } from './parts'
import type { State } from './state'
import { intl, t, type Key } from './texts'
import type { Channel, Member } from './types'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const SHOWN = 2

const PROMISES: Record<Channel['replyTime'], Key> = {
  in_a_few_minutes: 'repliesInAFewMinutes',
  in_a_few_hours: 'repliesInAFewHours',
  in_a_day: 'repliesInADay',
}

export const isOut = ({ channel }: State): boolean =>
  channel.workingHoursEnabled && !isOpen(channel.openWindows, new Date())

export const isHere = ({ presence }: State, { id, availability_status }: Member): boolean =>
  (presence ? presence[id] : availability_status) === 'online'

/** Those who are here first. */
export const facesOf = (state: State): Member[] =>
  [...state.members].sort((a, b) => Number(isHere(state, b)) - Number(isHere(state, a))).slice(0, 4)

export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? ''

/** "Lucía, Diego y 2 más". */
function listOf(names: string[]): string {
  const rest = names.length - SHOWN
  const shown = rest > 1 ? [...names.slice(0, SHOWN), t('others', { count: rest })] : names
  return new Intl.ListFormat(intl()).format(shown)
}

/** "en 4 minutos", or "" when it is a day or more. */
export function within(seconds: number): string {
  if (seconds >= DAY - HOUR / 2) return ''
  const minutes = Math.max(1, Math.round(seconds / MINUTE))
  if (minutes < 10) return t('inMinutes', { count: minutes })
  const rounded = Math.round(minutes / 5) * 5
  return rounded < 60 ? t('inMinutes', { count: rounded }) : t('inHours', { count: Math.round(seconds / HOUR) })
}

const whenBack = ({ channel, wishes }: State): string =>
  String(wishes.unavailableMessage || backSentence(channel.openWindows, channel.timezone, new Date()) || t('closedNow'))

/** What stands beside the faces: one or two sentences. */
export function availability(state: State): string[] {
  const { channel, wishes, replySeconds } = state
  if (isOut(state)) return [whenBack(state)]
  if (wishes.availableMessage) return [String(wishes.availableMessage)]
  const here = state.members.filter((member) => isHere(state, member)).map((member) => firstName(nameOf(member)))
  const time = replySeconds === null ? '' : within(replySeconds)
  if (here.length) {
    const are = t('here', { names: listOf(here), count: here.length })
    return time ? [are, t('theyReply', { time, count: here.length })] : [are]
  }
  return [time ? t('weReply', { time }) : t(replySeconds === null ? channel.replyTime : 'in_a_day')]
}

/** The line under the name in a conversation. */
export function shortly(state: State): string {
  if (state.conversation?.status === 'resolved' && !state.isFresh) return t('resolved')
  if (isOut(state)) return whenBack(state).replace(/\.$/, '')
  if (state.wishes.availableMessage) return String(state.wishes.availableMessage)
  const time = state.replySeconds === null ? '' : within(state.replySeconds)
  return time ? t('replies', { time }) : t(PROMISES[state.replySeconds === null ? state.channel.replyTime : 'in_a_day'])
}

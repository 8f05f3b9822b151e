// How far the mail of an invitation came, in words, and when to ask again.
import type { Invitation } from '@/api/models'
import { t } from '@/i18n'
import { relativeTime } from '@/ui/time'

const SOON_MS = 3_000
const LATER_MS = 15_000

export function mailSentence({ mail, state, email }: Invitation, locale = 'es'): string {
  if (state === 'declined') return t('settings.agents.mail_declined')
  const when = mail.at ? relativeTime(new Date(mail.at), new Date(), locale) : ''
  return t(`settings.agents.mail_${mail.state}`, { email, when, reason: mail.reason })
}

/** Milliseconds until the states are worth another look; undefined when nothing is on its way. */
export function lookAgainAfter(invitations: Invitation[]): number | undefined {
  const states = new Set(invitations.filter((one) => one.state === 'waiting').map((one) => one.mail.state))
  return states.has('queued') ? SOON_MS : states.has('trying') ? LATER_MS : undefined
}

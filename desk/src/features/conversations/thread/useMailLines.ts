// What a message that goes by mail says beside its text: who else got it, on whom it was passed, who did not get it.
import { computed, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { ListedInbox, Message } from '@/api/models'
import { useChannels } from '@/stores/channels'

import { forwardedId } from '../mail/recipients'

export interface MailLines {
  inMail: ComputedRef<boolean>
  forwarded: ComputedRef<string>
  sentTo: ComputedRef<string>
  undelivered: ComputedRef<{ text: string; reason: string }[]>
}

export function useMailLines(
  props: { message: Message; contactEmail?: string },
  inbox: Ref<ListedInbox | undefined>,
): MailLines {
  const { t } = useI18n()
  const channels = useChannels()
  const ours = computed(() => props.message.message_type !== 0)

  // A mail of ours says who else got it; one that was passed on says so before everything else.
  const inMail = computed(
    () => channels.isMail(inbox.value?.channel_type) && props.message.message_type !== 2 && !props.message.private,
  )
  const people = (name: string): string => {
    const given = props.message.content_attributes[name]
    return Array.isArray(given) ? given.map(String).join(', ') : ''
  }
  const forwarded = computed(() => (forwardedId(props.message) === undefined ? '' : people('to_emails')))
  const sentTo = computed(() => {
    if (!inMail.value || !ours.value) return ''
    const to = people('to_emails')
    const written = props.message.content_attributes.subject
    return [
      !forwarded.value && to && to !== props.contactEmail ? `${t('mail.sent_to')}: ${to}` : '',
      people('cc_emails') && `${t('mail.cc')}: ${people('cc_emails')}`,
      people('bcc_emails') && `${t('mail.bcc')}: ${people('bcc_emails')}`,
      typeof written === 'string' && `${t('mail.subject')}: ${written}`,
    ]
      .filter(Boolean)
      .join(' · ')
  })
  // Who of several did not get it, with the server's words.
  const undelivered = computed(() => {
    const email = props.message.content_attributes.email
    const found = email && typeof email === 'object' && !Array.isArray(email) ? email.undelivered : undefined
    if (!inMail.value || !ours.value || !Array.isArray(found)) return []
    return found.map((one) => {
      const { address, reason } = one as { address?: string; reason?: string }
      return { text: address ? t('mail.undelivered', { address }) : t('mail.undelivered_one'), reason: reason ?? '' }
    })
  })
  return { inMail, forwarded, sentTo, undelivered }
}

// The signature below what is sent: whether it goes, per channel, and that it goes once.
import { computed, type ComputedRef, type WritableComputedRef } from 'vue'

import type { Conversation } from '@/api/models'
import { useChannels } from '@/stores/channels'
import { useSession } from '@/stores/session'

import { signatureKey, signsOn, withoutSignature, withSignature } from './signing'

export interface Signing {
  signature: ComputedRef<string>
  signs: WritableComputedRef<boolean>
  /** The text as it leaves. Files alone are signed in a mail, where a letter without words looks odd. */
  signed: (content: string) => string
  unsigned: (content: string) => string
}

export function useSigning(conversation: () => Conversation, isNote: () => boolean): Signing {
  const session = useSession()
  const channels = useChannels()
  const signature = computed(() => session.user?.message_signature?.trim() ?? '')
  const channel = computed(() => conversation().meta.channel ?? '')
  const isMail = (): boolean => channels.isMail(channel.value)
  const signs = computed({
    get: () => !isNote() && signature.value !== '' && signsOn(channel.value, session.settings, isMail()),
    set: (on) => void session.saveSettings({ [signatureKey(channel.value)]: on }),
  })
  return {
    signature,
    signs,
    signed: (content) => (signs.value && (content || isMail()) ? withSignature(content, signature.value) : content),
    unsigned: (content) => (signs.value ? withoutSignature(content, signature.value) : content),
  }
}

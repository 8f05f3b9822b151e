// The kinds of inbox that can be made here, and what each is called.
import { t } from '@/i18n'

export type ChannelKind = 'web_widget' | 'api' | 'email'
export const KINDS: { kind: ChannelKind; contract: string }[] = [
  { kind: 'web_widget', contract: 'Channel::WebWidget' },
  { kind: 'email', contract: 'Channel::Email' },
  { kind: 'api', contract: 'Channel::Api' },
]

export function channelName(contract: string): string {
  const known = KINDS.find((one) => one.contract === contract)
  return known ? t(`settings.inboxes.kind_${known.kind}`) : contract.replace('Channel::', '')
}

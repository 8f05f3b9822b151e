// The channels of this installation: what they are called and look like, and what they can. No screen knows one by name.
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { ChannelFace } from '@/api/models'

import { useSession } from './session'

export const useChannels = defineStore('channels', () => {
  const session = useSession()
  const all = shallowRef<ChannelFace[]>([])
  const byType = computed(() => new Map(all.value.map((one) => [one.channel_type, one])))

  /** What is there stays while the server does not answer. */
  async function load(): Promise<void> {
    all.value = await api.get<ChannelFace[]>(`${session.desk}/channels`)
  }
  /** The channel behind the wire's `Channel::…`; nothing for one that is installed no more. */
  const of = (channelType: string | undefined): ChannelFace | undefined => byType.value.get(channelType ?? '')
  const nameOf = (channelType: string): string => of(channelType)?.name ?? channelType.replace('Channel::', '')
  /** Whether what is written there is a mail: with recipients, a subject and a signature. */
  const isMail = (channelType: string | undefined): boolean => of(channelType)?.email_headers === true

  return { all, byType, load, of, nameOf, isMail }
})

// The first hour of an account, for its administrators: what remains to be done, as the server sees it.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { api } from '@/api/client'
import type { FirstSteps, Id } from '@/api/models'

import { useSession } from './session'

export const useFirstSteps = defineStore('firstSteps', () => {
  const session = useSession()
  const found = ref<FirstSteps>()
  const address = computed(() => `${session.desk}/first_steps`)
  const goesOn = computed(() => session.isAdministrator && found.value?.has_ended === false)
  const done = computed(() => found.value?.steps.filter((step) => step.is_done).length ?? 0)

  async function load(): Promise<void> {
    if (session.isAdministrator) found.value = await api.get<FirstSteps>(address.value)
  }
  async function end(): Promise<void> {
    await api.post(`${address.value}/end`, {})
    await load()
  }
  async function resume(): Promise<void> {
    await api.post(`${address.value}/resume`, {})
    await load()
  }
  async function makeSample(): Promise<Id> {
    const { sample } = await api.post<{ sample: Id }>(`${address.value}/sample`, {})
    await load()
    return sample
  }
  async function removeSample(): Promise<void> {
    await api.delete(`${address.value}/sample`)
    await load()
  }
  /** Look for the chat's line on the company's page; refused with the reason when it is not there. */
  async function look(inboxId: Id): Promise<void> {
    await api.post(`${address.value}/look`, { inbox_id: inboxId })
    await load()
  }
  async function invite(email: string): Promise<void> {
    await api.post(`${session.base}/agents`, { email, name: email.split('@')[0], role: 'agent' })
    await load()
  }
  async function inviteAgain(userId: Id): Promise<void> {
    await api.post(`${session.base}/agents/${userId}/invitation`, {})
  }
  /** Give these channels hours, the same for each. */
  async function setHours(inboxIds: Id[], hours: object): Promise<void> {
    await Promise.all(inboxIds.map((id) => api.patch(`${session.base}/inboxes/${id}`, hours)))
    await load()
  }

  return { found, goesOn, done, load, end, resume, makeSample, removeSample, look, invite, inviteAgain, setHours }
})

// The small collections that every screen needs: agents, teams, labels, inboxes, attribute definitions, canned responses.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { ApiError, Offline, api } from '@/api/client'
import type { Agent, AttributeDefinition, CannedResponse, Id, Inbox, Label, Language, Team } from '@/api/models'

import { useSession } from './session'

export type CollectionName = 'agent' | 'team' | 'label' | 'inbox' | 'attribute_definition' | 'canned_response'

export const useCollections = defineStore('collections', () => {
  const session = useSession()
  const agents = shallowRef<Agent[]>([])
  const teams = shallowRef<Team[]>([])
  const labels = shallowRef<Label[]>([])
  const inboxes = shallowRef<Inbox[]>([])
  const definitions = shallowRef<AttributeDefinition[]>([])
  const canned = shallowRef<CannedResponse[]>([])
  /** What a canned response may be written in. */
  const languages = shallowRef<Language[]>([])
  const loaded = ref(false)
  const failed = ref(false)

  const agentById = computed(() => new Map(agents.value.map((one) => [one.id, one])))
  const inboxById = computed(() => new Map(inboxes.value.map((one) => [one.id, one])))
  const labelByTitle = computed(() => new Map(labels.value.map((one) => [one.title, one])))

  const loaders: Record<CollectionName, () => Promise<void>> = {
    agent: async () => void (agents.value = await api.get<Agent[]>(`${session.base}/agents`)),
    team: async () => void (teams.value = await api.get<Team[]>(`${session.base}/teams`)),
    label: async () => void (labels.value = (await api.get<{ payload: Label[] }>(`${session.base}/labels`)).payload),
    inbox: async () => void (inboxes.value = (await api.get<{ payload: Inbox[] }>(`${session.base}/inboxes`)).payload),
    attribute_definition: async () =>
      void (definitions.value = await api.get<AttributeDefinition[]>(`${session.base}/custom_attribute_definitions`)),
    canned_response: async () => {
      const found = await api.get<{ payload: CannedResponse[]; languages: Language[] }>(`${session.desk}/canned`)
      canned.value = found.payload
      languages.value = found.languages
    },
  }

  /** What is there stays while the server does not answer. */
  async function refresh(name: CollectionName): Promise<void> {
    try {
      await loaders[name]()
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Offline)) throw error
      failed.value = !loaded.value
    }
  }

  /** Fetch them all. Where one does not come, `failed` says so and the others are there nevertheless. */
  async function loadAll(): Promise<void> {
    failed.value = false
    const outcomes = await Promise.allSettled(Object.values(loaders).map((load) => load()))
    loaded.value = outcomes.every((one) => one.status === 'fulfilled')
    failed.value = !loaded.value
  }

  const assignable = new Map<string, Agent[]>()
  /** Agents who can open all of these inboxes, and administrators. */
  async function assignableAgents(...inboxIds: Id[]): Promise<Agent[]> {
    const which = [...new Set(inboxIds)].sort((a, b) => a - b)
    const key = which.join(',')
    const known = assignable.get(key)
    if (known) return known
    const { payload } = await api.get<{ payload: Agent[] }>(`${session.base}/assignable_agents`, { inbox_ids: which })
    assignable.set(key, payload)
    return payload
  }
  function forgetAssignable(): void {
    assignable.clear()
  }

  return {
    agents,
    teams,
    labels,
    inboxes,
    definitions,
    canned,
    languages,
    loaded,
    failed,
    agentById,
    inboxById,
    labelByTitle,
    refresh,
    loadAll,
    assignableAgents,
    forgetAssignable,
  }
})

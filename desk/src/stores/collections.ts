// The small collections that every screen needs: agents, teams, labels, inboxes, attribute definitions, canned responses.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { ApiError, Offline, api } from '@/api/client'
import type { Agent, AttributeDefinition, CannedResponse, Id, Label, Language, ListedInbox, Team } from '@/api/models'

import { useSession } from './session'

/** One collection: its rows, where they are, and the key under which the contract takes one row's fields. */
function collection<T extends { id: Id }, Answer extends { payload: T[] } = { payload: T[] }>(
  address: () => string,
  key: string,
  /** What else the answer brings. */
  also: (said: Answer) => void = () => undefined,
  /** Where they are listed, where that is not the place of each. */
  listed: () => string = address,
) {
  const rows = shallowRef<T[]>([])
  const at = (id: Id) => `${address()}/${id}`

  async function load(): Promise<void> {
    const said = await api.get<T[] | Answer>(listed())
    if (Array.isArray(said)) rows.value = said
    else {
      rows.value = said.payload
      also(said)
    }
  }
  const save = (id: Id | undefined, fields: object): Promise<T> =>
    id === undefined ? api.post<T>(address(), { [key]: fields }) : api.patch<T>(at(id), { [key]: fields })
  const remove = (id: Id): Promise<unknown> => api.delete(at(id))

  return { rows, load, save, remove }
}

export type CollectionName = 'agent' | 'team' | 'label' | 'inbox' | 'attribute_definition' | 'canned_response'

export const useCollections = defineStore('collections', () => {
  const session = useSession()
  /** What a canned response may be written in. */
  const languages = shallowRef<Language[]>([])
  const of = (name: string) => () => `${session.base}/${name}`
  const all = {
    agent: collection<Agent>(of('agents'), 'agent'),
    team: collection<Team>(of('teams'), 'team'),
    label: collection<Label>(of('labels'), 'label'),
    inbox: collection<ListedInbox>(of('inboxes'), 'inbox', undefined, () => `${session.desk}/inboxes`),
    attribute_definition: collection<AttributeDefinition>(
      of('custom_attribute_definitions'),
      'custom_attribute_definition',
    ),
    canned_response: collection<CannedResponse, { payload: CannedResponse[]; languages: Language[] }>(
      () => `${session.desk}/canned`,
      'canned_response',
      (said) => (languages.value = said.languages),
    ),
  }
  const loaded = ref(false)
  const failed = ref(false)

  const agentById = computed(() => new Map(all.agent.rows.value.map((one) => [one.id, one])))
  const inboxById = computed(() => new Map(all.inbox.rows.value.map((one) => [one.id, one])))
  const labelByTitle = computed(() => new Map(all.label.rows.value.map((one) => [one.title, one])))

  /** What is there stays while the server does not answer. */
  async function refresh(name: CollectionName): Promise<void> {
    try {
      await all[name].load()
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Offline)) throw error
      failed.value = !loaded.value
    }
  }

  /** Fetch them all. Where one does not come, `failed` says so and the others are there nevertheless. */
  async function loadAll(): Promise<void> {
    failed.value = false
    const outcomes = await Promise.allSettled(Object.values(all).map((one) => one.load()))
    loaded.value = outcomes.every((one) => one.status === 'fulfilled')
    failed.value = !loaded.value
  }

  /** A row made, or changed where it has an id already. */
  async function save<Name extends CollectionName>(name: Name, id: Id | undefined, fields: object) {
    const saved = (await all[name].save(id, fields)) as Awaited<ReturnType<(typeof all)[Name]['save']>>
    await refresh(name)
    return saved
  }
  async function remove(name: CollectionName, id: Id): Promise<void> {
    await all[name].remove(id)
    await refresh(name)
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
    agents: all.agent.rows,
    teams: all.team.rows,
    labels: all.label.rows,
    inboxes: all.inbox.rows,
    definitions: all.attribute_definition.rows,
    canned: all.canned_response.rows,
    languages,
    loaded,
    failed,
    agentById,
    inboxById,
    labelByTitle,
    refresh,
    loadAll,
    save,
    remove,
    assignableAgents,
    forgetAssignable,
  }
})

// What conditions may name, by noun: asked for when an editor opens, and what was known meanwhile is shown at once.
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'

import { api } from '@/api/client'
import type { FilterField, Noun } from '@/api/models'

import { useSession } from './session'

export const useFilterFields = defineStore('filterFields', () => {
  const session = useSession()
  const known = shallowReactive(new Map<Noun, FilterField[]>())

  const of = (noun: Noun): FilterField[] => known.get(noun) ?? []

  async function load(noun: Noun): Promise<void> {
    const { payload } = await api.get<{ payload: FilterField[] }>(`${session.desk}/filter_fields/${noun}`)
    known.set(noun, payload)
  }

  return { of, load }
})

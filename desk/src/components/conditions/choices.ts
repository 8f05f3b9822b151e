// What the values of a key are chosen from: words the server names, rows of the account, codes that the browser names.
import { useI18n } from 'vue-i18n'

import type { FilterField } from '@/api/models'
import { useChannels } from '@/stores/channels'
import { useCollections } from '@/stores/collections'
import type { Choice } from '@/ui/UiPicker.vue'

type Collections = ReturnType<typeof useCollections>

// A source the desk does not know yet has nothing to choose from, and what is written is taken.
const SOURCES: Record<string, (collections: Collections) => Choice[]> = {
  agents: ({ agents }) =>
    agents.map((one) => ({ key: String(one.id), label: one.available_name, avatar: true, picture: one.thumbnail })),
  teams: ({ teams }) => teams.map((one) => ({ key: String(one.id), label: one.name })),
  inboxes: ({ inboxes }) => inboxes.map((one) => ({ key: String(one.id), label: one.name })),
  labels: ({ labels }) => labels.map((one) => ({ key: one.title, label: one.title, colour: one.color })),
}

export function useChoices(): (field: FilterField) => Choice[] {
  const collections = useCollections()
  const channels = useChannels()
  const { locale } = useI18n()

  function named(codes: string[], type: 'language' | 'region'): Choice[] {
    const names = new Intl.DisplayNames([locale.value], { type })
    const choices = codes.map((code) => ({ key: code, label: names.of(code.replace('_', '-')) ?? code, hint: code }))
    return choices.sort((a, b) => a.label.localeCompare(b.label, locale.value))
  }

  return (field) => {
    if (field.choices.length) return field.choices.map((choice) => ({ key: choice.value, label: choice.title }))
    if (field.source === 'channels') return channels.all.map((one) => ({ key: one.kind, label: one.name }))
    if (field.source) return SOURCES[field.source]?.(collections) ?? []
    if (field.codes.length) return named(field.codes, field.names === 'region' ? 'region' : 'language')
    return []
  }
}

// The form of a channel as the server describes it, for an inbox to be made or one that is there.
import { ref, shallowRef } from 'vue'

import { api } from '@/api/client'
import type { Id } from '@/api/models'
import type { Schema, Tool, Values } from '@/components/schema/schema'
import { useSession } from '@/stores/session'

import { useTools } from './tools'

interface Answer {
  settings_schema: Schema
  values: Values
  next_step: string
}

export function useChannelForm(inboxId?: () => Id) {
  const session = useSession()
  const schema = shallowRef<Schema>()
  const values = ref<Values>({})
  const nextStep = ref('')
  const kind = ref('')

  async function load(path: string, ofKind: string): Promise<void> {
    const answer = await api.get<Answer>(`${session.desk}/${path}`)
    kind.value = ofKind
    schema.value = answer.settings_schema
    values.value = answer.values
    nextStep.value = answer.next_step
  }
  const tool: Tool = (name, use) => useTools(kind.value)(name, { ...use, ...(inboxId ? { inbox_id: inboxId() } : {}) })

  return { schema, values, nextStep, load, tool }
}

/** Only what is shown and never typed. */
export const onlyShown = (schema: Schema): Schema => ({
  properties: Object.fromEntries(Object.entries(schema.properties).filter(([, field]) => field.readOnly)),
})

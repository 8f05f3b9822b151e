// The form of a channel as the server describes it, for an inbox to be made or one that is there.
import { ref, shallowRef } from 'vue'

import type { Schema, Values } from '@/api/forms'
import type { Id } from '@/api/models'
import type { Tool } from '@/components/schema/schema'
import { askTool, type ChannelFormAnswer } from '@/stores/inboxes'

export function useChannelForm(inboxId?: () => Id) {
  const schema = shallowRef<Schema>()
  const values = ref<Values>({})
  const nextStep = ref('')
  const kind = ref('')

  async function load(ofKind: string, asked: Promise<ChannelFormAnswer>): Promise<void> {
    const answer = await asked
    kind.value = ofKind
    schema.value = answer.settings_schema
    values.value = answer.values
    nextStep.value = answer.next_step
  }
  const tool: Tool = (name, use) => askTool(kind.value, name, { ...use, ...(inboxId ? { inbox_id: inboxId() } : {}) })

  return { schema, values, nextStep, load, tool }
}

/** Only what is shown and never typed. */
export const onlyShown = (schema: Schema): Schema => ({
  properties: Object.fromEntries(Object.entries(schema.properties).filter(([, field]) => field.readOnly)),
})

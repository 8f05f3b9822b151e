// One inbox being set up: as it is kept, as it is typed, and how it is saved. Each part of the screen is given this.
import { computed, reactive, ref, shallowRef, watch } from 'vue'

import { ApiError } from '@/api/client'
import type { Schema } from '@/api/forms'
import type { ChannelFace, Id, Inbox } from '@/api/models'
import { sentOf } from '@/components/schema/schema'
import { useSaving } from '@/components/useSaving'
import { useChannels } from '@/stores/channels'
import { channelForm, inboxForm, inboxMembers, loadInbox, saveInbox } from '@/stores/inboxes'

import { useChannelForm } from '../channelForm'

type Saving = ReturnType<typeof useSaving>
type ChannelSettings = ReturnType<typeof useChannelForm>

export interface InboxSetup {
  inbox: Inbox
  draft: Inbox
  channel: ChannelFace | undefined
  members: Id[]
  schema: Unwrapped<ChannelSettings['schema']>
  values: Unwrapped<ChannelSettings['values']>
  busy: boolean
  problem: Unwrapped<Saving['problem']>
  about: Saving['about']
  tool: ChannelSettings['tool']
  take: (saved: Inbox) => void
  save: Saving['save']
  patch: (body: Record<string, unknown>) => ReturnType<Saving['save']>
  typed: (keys: string[]) => Record<string, unknown>
  ofChannel: () => Record<string, unknown>
  partOf: (group: string) => Schema
}
type Unwrapped<Box> = Box extends { value: infer Inside } ? Inside : never

/** Monday first. */
const weekday = (day: number) => (day + 6) % 7
function draftOf(inbox: Inbox): Inbox {
  const draft = structuredClone(inbox)
  draft.working_hours.sort((a, b) => weekday(a.day_of_week) - weekday(b.day_of_week))
  draft.auto_assignment_config ??= {}
  return draft
}

export function useInboxSetup(id: () => Id) {
  const channels = useChannels()
  const { busy, problem, save, about } = useSaving()
  const { schema, values, load: loadForm, tool } = useChannelForm(id)
  const missing = ref(false)
  const failed = ref(false)

  /** What every inbox has comes by `form`, what its channel has by `schema` and `values`. */
  function begin(loaded: Inbox, form: Schema, members: Id[]): InboxSetup {
    const inbox = shallowRef(loaded)
    const draft = ref(draftOf(loaded))
    const channel = computed(() => channels.of(inbox.value.channel_type))

    function take(saved: Inbox): void {
      inbox.value = saved
      draft.value = draftOf(saved)
    }
    const patch = (body: Record<string, unknown>) =>
      save(async () => {
        take(await saveInbox(loaded.id, body))
        if (body.channel) await loadForm(channel.value?.kind ?? '', channelForm(loaded.id))
      })
    /** What of these was typed. */
    const typed = (keys: string[]): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries<unknown>({ ...draft.value }).filter(([key, one]) => keys.includes(key) && one !== undefined),
      )
    const ofChannel = () => (schema.value ? sentOf(schema.value, 'kept', values.value) : {})
    /** The fields of one part of the screen. */
    const partOf = (group: string): Schema => ({
      properties: Object.fromEntries(Object.entries(form.properties).filter(([, field]) => field.group === group)),
    })
    const parts: object = {
      inbox,
      draft,
      channel,
      members,
      schema,
      values,
      busy,
      problem,
      about,
      tool,
      take,
      save,
      patch,
      typed,
      ofChannel,
      partOf,
    }
    // Its type is too deep to be unwrapped by inference.
    return reactive(parts) as InboxSetup
  }
  const setup = shallowRef<InboxSetup>()

  async function load(): Promise<void> {
    const asked = id()
    setup.value = undefined
    missing.value = failed.value = false
    try {
      if (!channels.all.length) await channels.load()
      const [loaded, form, members] = await Promise.all([loadInbox(asked), inboxForm(asked), inboxMembers(asked)])
      await loadForm(channels.of(loaded.channel_type)?.kind ?? '', channelForm(asked))
      if (asked !== id()) return
      setup.value = begin(
        loaded,
        form,
        members.map((agent) => agent.id),
      )
    } catch (error) {
      missing.value = error instanceof ApiError && error.status === 404
      failed.value = !missing.value
    }
  }
  watch(id, load, { immediate: true })

  return { setup, missing, failed, load }
}

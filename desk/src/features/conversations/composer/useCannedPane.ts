// The pane of canned responses over the field: what was typed after "/" narrows it, the arrows walk in it.
import { computed, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { CannedResponse, Conversation, Json } from '@/api/models'
import { contentIn, findCanned, foldersOf, inFolder } from '@/components/canned/find'
import { countCanned } from '@/stores/canned'
import { useCards } from '@/stores/cards'
import { useCollections } from '@/stores/collections'
import { fetchFile } from '@/stores/files'
import { useSession } from '@/stores/session'
import { toast } from '@/ui/toasts'

import type { Trigger } from '../thread/markdown'
import type { WritingField } from './field/writingField'
import { filledIn, valuesOf, type Around } from './variables'

export interface PaneAbout {
  conversation: () => Conversation
  trigger: Ref<Trigger | undefined>
  close: () => void
  addFiles: (files: File[]) => void
}

export function useCannedPane(field: Readonly<Ref<WritingField | null>>, about: PaneAbout) {
  const { t } = useI18n()
  const session = useSession()
  const collections = useCollections()
  const cards = useCards()
  const folderAt = ref(0)
  const at = ref(0)
  /** Files on their way into the message. */
  const arriving = ref(0)

  const around = computed<Around>(() => ({
    conversation: about.conversation(),
    agent: session.user,
    inbox: collections.inboxById.get(about.conversation().inbox_id),
    account: session.account,
  }))
  const values = computed(() => valuesOf(around.value))
  /** A text with its variables as they are here. */
  const filled = (text: string): string => filledIn(text, around.value)
  const query = computed(() => (about.trigger.value?.sign === '/' ? about.trigger.value.query : undefined))
  const folders = computed(() => foldersOf(collections.canned))
  const folder = computed(() => folders.value[folderAt.value] ?? folders.value[0]!)
  const found = computed(() => findCanned(inFolder(collections.canned, folder.value.key), query.value ?? ''))
  /** What people type after a "/" that is no code stays theirs: the pane is there while something fits. */
  const open = computed(
    () => query.value !== undefined && (query.value === '' || findCanned(collections.canned, query.value).length > 0),
  )
  const chosen = computed(() => found.value[at.value])
  const wishes = computed(() => {
    const chosen = cards.known.get(about.conversation().meta.sender.id)?.preferred_language
    return [...(chosen ? [chosen] : []), ...wishesOf(about.conversation(), session.locale)]
  })
  const said = (one: CannedResponse): string => contentIn(one, wishes.value)
  watch([query, folder], () => (at.value = 0))
  watch(open, (isOpen) => {
    if (isOpen) folderAt.value = 0
  })

  function take(one: CannedResponse): void {
    const typed = field.value?.trigger()
    about.close()
    if (!typed) return
    field.value?.insertTemplate(said(one), typed.query.length + 1)
    // The first blank is chosen, so that what is typed next fills it.
    field.value?.nextGap()
    countCanned(one.id)
    if (one.files.length) void bring(one)
  }
  /** Its files come into the message that is open, as if they were chosen by hand. */
  async function bring(one: CannedResponse): Promise<void> {
    const id = about.conversation().id
    arriving.value += 1
    try {
      const outcomes = await Promise.allSettled(one.files.map(fetchFile))
      if (about.conversation().id !== id) return
      about.addFiles(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])))
      const lost = one.files.filter((_file, index) => outcomes[index]?.status === 'rejected')
      for (const { filename } of lost) toast(t('canned.file_lost', { name: filename }))
    } finally {
      arriving.value -= 1
    }
  }
  function step(by: number, from: Ref<number>, count: number): void {
    if (count) from.value = (from.value + by + count) % count
  }
  function onKey(event: KeyboardEvent): boolean {
    if (!open.value || event.ctrlKey || event.metaKey || event.altKey) return false
    const forward = getComputedStyle(document.documentElement).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    if (event.key === 'ArrowDown') step(1, at, found.value.length)
    else if (event.key === 'ArrowUp') step(-1, at, found.value.length)
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      step(event.key === forward ? 1 : -1, folderAt, folders.value.length)
    else if (event.key === 'Escape') about.close()
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen.value) take(chosen.value)
    else return false
    event.preventDefault()
    return true
  }
  return { open, query, folders, folder, folderAt, found, at, chosen, said, filled, values, arriving, take, onKey }
}

/** In which language the customer would be answered, best first: what is known of them, then the writer's own. */
export function wishesOf(conversation: Conversation, writer: string): string[] {
  const talk = conversation.additional_attributes ?? {}
  const known: (Json | undefined)[] = [talk.conversation_language, talk.widget_language, talk.browser_language]
  return [...known.filter((one): one is string => typeof one === 'string' && one !== ''), writer]
}

// The palette's entries for what is typed, which of them is chosen, and what choosing does.
import { MessageSquare, Search, UserPlus } from 'lucide-vue-next'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'

import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import { fold } from '@/ui/text'

import { useActs, type Entry } from './acts'
import { useFound, usePlaceOf, useRecent } from './found'
import { usePlaces } from './places'

const FEW = 3

export function usePalette(close: () => void) {
  const { t } = useI18n()
  const router = useRouter()
  const route = useRoute()
  const conversations = useConversations()
  const to = usePlaceOf()
  const query = ref('')
  const chosen = ref<string>()
  /** An act with "…" asks which one; its choices take the list's place, its name stands as a chip before the field. */
  const asking = ref<Entry>()
  const current = computed(() => conversations.byId.get(Number(route.params.displayId)))
  const { acts, own } = useActs(current)
  const places = usePlaces()
  const recent = useRecent(current)
  const { asked, searching, people, threads, messages } = useFound(query, () => asking.value !== undefined)
  watch(query, () => (chosen.value = undefined))

  /** All of it, on the page of its own. */
  const everything = computed<Entry[]>(() =>
    asked.value.text.length < 2
      ? []
      : [
          {
            key: 'everything',
            group: t('palette.messages'),
            label: t('palette.search_all', { query: asked.value.text }),
            icon: Search,
            to: { ...to('search'), query: { q: asked.value.text } },
          },
        ],
  )
  /** Nobody is called so yet: the form begins with the name. */
  const nobody = computed<Entry[]>(() => {
    const { text } = asked.value
    const isName = /^\p{L}[\p{L}\p{M}'’. -]+$/u.test(text)
    if (!isName || searching.value || people.value.length || !useSession().canWrite) return []
    return [
      {
        key: 'new-contact',
        group: t('palette.people'),
        label: t('palette.new_contact', { name: text }),
        icon: UserPlus,
        to: { ...to('contacts'), query: { new: text } },
      },
    ]
  })
  const entries = computed<Entry[]>(() => {
    const { kind, text } = asked.value
    const wanted = fold(text)
    const fits = (entry: Entry) => fold(entry.label).includes(wanted)
    if (asking.value) return (asking.value.choices?.() ?? []).filter(fits)
    const here = acts.value.filter((entry) => wanted || !entry.typed)
    const all = [...here, ...own.value]
    if (kind === 'acts') return all.filter(fits)
    if (kind === 'people') return [...people.value, ...nobody.value]
    if (kind === 'number') return numbered(text)
    if (!wanted) return [...here, ...recent.value, ...places.value.slice(0, 6), ...own.value]
    // Whose name is exactly this is whom one looks for.
    const exact = people.value.filter((one) => fold(one.label) === wanted)
    const others = people.value.filter((one) => !exact.includes(one))
    const few = Math.max(0, FEW - exact.length)
    return [
      ...exact,
      ...all.filter(fits).slice(0, FEW + 1),
      ...places.value.filter(fits).slice(0, FEW + 1),
      ...others.slice(0, few),
      ...threads.value.slice(0, FEW),
      ...messages.value.slice(0, acts.value.length || threads.value.length ? FEW + 2 : 10),
      ...everything.value,
      ...nobody.value,
    ]
  })
  /** The conversation of that number, whether it is known here or not; opening it tells. */
  function numbered(text: string): Entry[] {
    const id = Number(text)
    if (!/^\d{1,9}$/.test(text) || !id) return threads.value
    const known = conversations.byId.get(id)
    return [
      {
        key: `n${id}`,
        group: t('palette.conversations'),
        label: t('palette.number', { id }),
        second: known?.meta.sender.name ?? undefined,
        icon: MessageSquare,
        to: to('conversations', { displayId: id }),
      },
      ...threads.value.filter((one) => one.key !== `c${id}`),
    ]
  }
  /** What is chosen stays chosen when answers come. */
  const at = computed({
    get: () =>
      Math.max(
        0,
        entries.value.findIndex((one) => one.key === chosen.value),
      ),
    set: (index) => (chosen.value = entries.value[index]?.key),
  })

  function run(entry: Entry | undefined, apart = false): void {
    if (!entry) return
    if (entry.choices) {
      asking.value = entry
      query.value = ''
      chosen.value = undefined
      return
    }
    if (apart && entry.to) {
      window.open(router.resolve(entry.to).href, '_blank', 'noopener')
      return
    }
    close()
    if (entry.to) void router.push(entry.to)
    else entry.run?.()
  }
  function stopAsking(): void {
    asking.value = undefined
    query.value = ''
  }

  return { query, asking, asked, searching, entries, at, run, stopAsking }
}

// A contact's timeline: its page of lines, the filter in the address, and news that wait until they are asked for.
import { onUnmounted, ref, watch, type Ref } from 'vue'

import type { Id } from '@/api/models'
import { useContacts } from '@/stores/contacts'
import { timelineOf, type TimelineLine } from '@/stores/timeline'

const NEWS_MS = 20_000

export function useTimeline(id: Ref<Id>, group: Ref<string>) {
  const contacts = useContacts()
  const lines = ref<TimelineLine[]>([])
  const counts = ref<Record<string, number>>({})
  const next = ref('')
  const news = ref(0)
  const loading = ref(true)
  const failed = ref(false)
  let newest = ''
  let turn = 0

  async function load(): Promise<void> {
    const mine = ++turn
    loading.value = true
    failed.value = false
    try {
      const page = await timelineOf(id.value).page(group.value)
      if (mine !== turn) return
      lines.value = page.payload
      counts.value = page.counts
      next.value = page.next
      newest = page.newest
      news.value = 0
    } catch {
      failed.value = mine === turn
    } finally {
      if (mine === turn) loading.value = false
    }
  }
  async function more(): Promise<void> {
    const mine = turn
    const page = await timelineOf(id.value)
      .page(group.value, next.value)
      .catch(() => undefined)
    if (!page || mine !== turn) return
    lines.value = [...lines.value, ...page.payload]
    next.value = page.next
  }
  async function look(): Promise<void> {
    if (loading.value || failed.value || document.hidden) return
    const mine = turn
    const count = await timelineOf(id.value)
      .news(group.value, newest)
      .catch(() => 0)
    if (mine === turn) news.value = count
  }
  watch([id, group], load, { immediate: true })
  // What changed here or at another desk is in the log a moment later.
  watch(
    () => contacts.byId.get(id.value),
    () => setTimeout(() => void look(), 1500),
  )
  const timer = setInterval(() => void look(), NEWS_MS)
  onUnmounted(() => clearInterval(timer))

  return { lines, counts, next, news, loading, failed, load, more, look }
}

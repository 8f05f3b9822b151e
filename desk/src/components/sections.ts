// The sections of the settings that who is signed in may open, in their order: the children of their route that have a
// section's icon. What a section is called and who may open it stands beside it there.
import { computed, type Component, type ComputedRef } from 'vue'
import { useRouter, type RouteMeta } from 'vue-router'

import { useSession, type Capability } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Before anybody is signed in. */
    open?: boolean
    /** Key of the page's words. */
    title?: string
    /** Only for these: who may write, administrators, and who looks after the installation. */
    writer?: boolean
    administrator?: boolean
    keeper?: boolean
    /** Only for whose role has this. */
    needs?: Capability
    /** A section of the settings, with this icon. */
    section?: Component
  }
}

export interface Section {
  name: string
  title: string
  icon: Component
}

export function mayOpen(meta: RouteMeta): boolean {
  const session = useSession()
  if (meta.writer && !session.canWrite) return false
  if (meta.administrator && !session.isAdministrator) return false
  if (meta.needs && !session.can(meta.needs)) return false
  // The address of the installation is told only to who looks after it.
  return !meta.keeper || typeof session.boot?.base_url === 'string'
}

export function useSections(): ComputedRef<Section[]> {
  const all = useRouter()
    .getRoutes()
    .find((route) => route.name === 'settings')?.children
  return computed(() =>
    (all ?? []).flatMap(({ name, meta }) =>
      meta?.section && mayOpen(meta) ? [{ name: String(name), title: meta.title ?? '', icon: meta.section }] : [],
    ),
  )
}

// The pages of the settings that who is signed in may open, in their order.
import {
  Building2,
  Inbox,
  ListPlus,
  MessageSquareQuote,
  Server,
  Tag,
  UserRound,
  Users,
  UsersRound,
} from 'lucide-vue-next'
import { computed, type Component, type ComputedRef } from 'vue'

import { useSession } from '@/stores/session'

/** `name`: of the route; `title`: key of its words. */
export interface Section {
  name: string
  title: string
  icon: Component
}

export function useSections(): ComputedRef<Section[]> {
  const session = useSession()
  return computed(() =>
    [
      { name: 'profile', icon: UserRound, open: true },
      { name: 'canned', icon: MessageSquareQuote, open: session.canWrite },
      { name: 'inboxes', icon: Inbox, open: session.isAdministrator },
      { name: 'agents', icon: UsersRound, open: session.isAdministrator },
      { name: 'teams', icon: Users, open: session.isAdministrator },
      { name: 'labels', icon: Tag, open: session.isAdministrator },
      { name: 'attributes', icon: ListPlus, open: session.isAdministrator },
      { name: 'account-settings', icon: Building2, open: session.isAdministrator },
      {
        name: 'installation',
        icon: Server,
        open: session.isAdministrator && typeof session.boot?.base_url === 'string',
      },
    ]
      .filter((section) => section.open)
      .map(({ name, icon }) => ({ name, icon, title: `settings.${name.replace('-settings', '')}.title` })),
  )
}

// What lasts a moment: who is there, who types, who looks at what.
import type { DeskMoment } from '@/api/models'
import { useLive } from '@/stores/live'
import { useSession } from '@/stores/session'

export function applyMoment(moment: DeskMoment): void {
  const live = useLive()
  const me = useSession().user?.id
  switch (moment.name) {
    case 'presence':
      live.users = moment.data.users
      live.contacts = moment.data.contacts
      break
    case 'typing': {
      const { conversation_id, user, on, is_private: isPrivate } = moment.data
      if (user.type !== 'user' || user.id !== me) live.setTyping(conversation_id, { ...user, isPrivate }, on)
      break
    }
    case 'viewing': {
      const { conversation_id, users } = moment.data
      const others = users.filter((user) => user.id !== me)
      if (others.length || live.viewing.get(conversation_id)?.length) live.viewing.set(conversation_id, others)
    }
  }
}

// Where the palette can go.
import { AtSign, Clock, Columns3, Eye, Filter, Flag, Inbox, Moon, Search, Tag, Users } from 'lucide-vue-next'
import { computed, type Component, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { useSections } from '@/components/sections'
import { useCollections } from '@/stores/collections'
import { useFirstSteps } from '@/stores/firstSteps'
import { useFolders } from '@/stores/folders'
import { useSession } from '@/stores/session'

import { SHORTCUTS } from '@/stores/shortcuts'

import type { Entry, Place } from './acts'

export function usePlaces(): ComputedRef<Entry[]> {
  const { t } = useI18n()
  const session = useSession()
  const collections = useCollections()
  const sections = useSections()
  const folders = useFolders()
  const first = useFirstSteps()

  return computed(() => {
    const place = (key: string, label: string, icon: Component, to: Place, keys?: string): Entry => ({
      key,
      group: t('palette.go'),
      label,
      icon,
      keys,
      to,
    })
    return [
      place('conversations', t('nav.conversations'), Inbox, { name: 'conversations' }, SHORTCUTS.desk),
      place('board', t('nav.board'), Columns3, { name: 'board' }, SHORTCUTS.board),
      place('contacts', t('nav.contacts'), Users, { name: 'contacts' }, SHORTCUTS.contacts),
      place('search', t('palette.search_page'), Search, { name: 'search' }),
      place('unattended', t('nav.unattended'), Clock, { name: 'unattended' }),
      place('mentions', t('nav.mentions'), AtSign, { name: 'mentions' }),
      place('participating', t('nav.participating'), Eye, { name: 'participating' }),
      place('snoozed', t('nav.snoozed'), Moon, { name: 'snoozed' }),
      ...(first.goesOn ? [place('first-steps', t('nav.first_steps'), Flag, { name: 'first-steps' })] : []),
      ...(['conversation', 'contact'] as const).flatMap((noun) =>
        folders.of(noun).map((folder) => ({
          ...place(`folder-${folder.id}`, folder.name, Filter, {
            name: noun === 'contact' ? 'segment' : 'folder',
            params: { folderId: folder.id },
          }),
          second: t(noun === 'contact' ? 'nav.contacts' : 'nav.conversations'),
          hint: folders.number(folder) || undefined,
        })),
      ),
      ...sections.value.map((section, index) => ({
        ...place(`settings-${section.name}`, t(section.title), section.icon, { name: section.name }),
        second: t('nav.settings'),
        keys: index === 0 ? SHORTCUTS.settings : undefined,
      })),
      ...collections.inboxes.map((inbox) => ({
        ...place(`inbox-${inbox.id}`, inbox.name, Inbox, { name: 'inbox', params: { inboxId: inbox.id } }),
        channel: inbox.channel_type,
      })),
      ...collections.teams.map((team) =>
        place(`team-${team.id}`, team.name, Users, { name: 'team', params: { teamId: team.id } }),
      ),
      ...collections.labels.map((label) =>
        place(`label-${label.id}`, label.title, Tag, { name: 'label', params: { label: label.title } }),
      ),
    ].map((one) => ({
      ...one,
      to: { ...one.to, params: { accountId: session.accountId, ...one.to?.params } } as Place,
    }))
  })
}

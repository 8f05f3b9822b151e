// What its own store asks for again.
import { useBulkChanges } from '@/stores/bulkChanges'
import { useDashboardApps } from '@/stores/dashboardApps'
import { useFirstSteps } from '@/stores/firstSteps'
import { useFolders } from '@/stores/folders'
import { useImportNews } from '@/stores/importNews'
import { useMacros } from '@/stores/macros'
import { useOwn } from '@/stores/own'

import type { Readers } from '../reader'

export default {
  bulk: () => void useBulkChanges().load(),
  // Only whoever exports ever loads it.
  export: ({ data }) => void import('@/stores/exports').then(({ useExports }) => useExports().changed(data.id)),
  folder: () => void useFolders().load(),
  contact_import: () => void useImportNews().changed(),
  own: () => void useOwn().load(),
  dashboard_app: () => useDashboardApps().changed(),
  macro: () => useMacros().changed(),
  macro_run: ({ data }) => void useMacros().moved(data.id),
  first_steps: () =>
    void useFirstSteps()
      .load()
      .catch(() => undefined),
} satisfies Readers

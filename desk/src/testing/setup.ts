// Tests are about rules of ours; there is no server behind them, and what asks for one gets no answer.
import { vi } from 'vitest'

import { withWords } from '@/i18n'

vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no server in unit tests')))

// Who tests a page finds its words, as who opens it does.
await withWords(['alerts', 'first_steps', 'imports', 'session', 'settings', 'signin', 'roles', 'audit'], () =>
  Promise.resolve(),
)

// Tests are about rules of ours; there is no server behind them, and what asks for one gets no answer.
import { vi } from 'vitest'

vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no server in unit tests')))

// Where an open wall listens: it comes with its own screen, and what is told is here from the beginning.
import type { DeskEvent } from '@/api/models'

const nobody = () => undefined

export const wall: {
  matched: (told: DeskEvent<'column_match'>['data']) => void
  changed: () => void
  scheduled: () => void
  ready: () => void
} = { matched: nobody, changed: nobody, scheduled: nobody, ready: nobody }

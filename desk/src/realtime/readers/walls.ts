import type { Readers } from '../reader'
import { wall } from '../wall'

export default {
  board: () => wall.changed(),
  column_match: ({ data }) => wall.matched(data),
} satisfies Readers

import { expect, it } from 'vitest'

import { drawn, opened } from './keptLists'

it('keeps the lists that were opened last, the open one first', () => {
  expect(opened([], 7)).toEqual([7])
  expect(opened([7, 3], 3)).toEqual([3, 7])
  expect(opened([4, 3, 2, 1], 9)).toEqual([9, 4, 3, 2])
})

it('draws them and the one that is next in an order that opening does not change', () => {
  expect(drawn([9, 4], 6)).toEqual(drawn([4, 9], 6))
  expect(drawn([9, 4], 4)).toEqual([4, 9])
  expect(drawn([9, 4], undefined)).toEqual([4, 9])
})

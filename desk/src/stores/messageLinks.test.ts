import { expect, it } from 'vitest'

import { linkOf, linkTo } from './messageLinks'

it('Z-25 leads to a message, and to what is folded in it', () => {
  expect(linkOf(linkTo(12))).toEqual({ id: 12, open: false })
  expect(linkOf(linkTo(12, true))).toEqual({ id: 12, open: true })
  for (const other of ['', '#', '#message-', '#message-x', '#message-1-else', '#message-12345678901234567890'])
    expect(linkOf(other)).toBeUndefined()
})

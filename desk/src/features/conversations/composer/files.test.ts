import { expect, it } from 'vitest'

import { takeFiles } from './files'

const file = (name: string, bytes = 1): File => new File(['x'.repeat(bytes)], name)
const names = (files: File[]): string[] => files.map((one) => one.name)

it('takes the files that fit, and tells which are too large and that there are too many', () => {
  const taken = takeFiles([file('a')], [file('large', 11), file('b'), file('c')], { bytes: 10, count: 2 })
  expect(names(taken.files)).toEqual(['a', 'b'])
  expect(names(taken.large)).toEqual(['large'])
  expect(taken.tooMany).toBe(true)
  expect(takeFiles([], [file('a', 10)], { bytes: 10, count: 2 })).toMatchObject({ large: [], tooMany: false })
})

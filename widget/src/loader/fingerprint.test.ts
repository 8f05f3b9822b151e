import { expect, test } from 'vitest'
import { fingerprint } from './fingerprint'

test('the same user has the same fingerprint, and any change makes another', () => {
  expect(fingerprint('ana,1')).toBe(fingerprint('ana,1'))
  const many = new Set(Array.from({ length: 20_000 }, (_, number) => fingerprint(`ana@example.com,Ana,${number}`)))
  expect(many.size).toBe(20_000)
  expect(fingerprint('ab')).not.toBe(fingerprint('ba'))
})

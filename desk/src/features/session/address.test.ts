import { expect, it } from 'vitest'

import { hostOf, isThisMachine } from './address'

it('finds the host of an address, and none in what is not one yet', () => {
  expect(hostOf(' https://Help.example.com:8443/ ')).toBe('help.example.com')
  expect(hostOf('http://[::1]:8000')).toBe('[::1]')
  for (const unfinished of ['', 'help.example.com', 'https://']) expect(hostOf(unfinished)).toBe('')
})

it('knows the names of this machine', () => {
  for (const name of ['localhost', 'a.localhost', '127.0.0.1', '[::1]']) expect(isThisMachine(name)).toBe(true)
  for (const name of ['10.0.0.1', 'localhost.example', '127.example']) expect(isThisMachine(name)).toBe(false)
})

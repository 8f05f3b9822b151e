import { render } from 'preact'
import { expect, test } from 'vitest'
import { isFinal, isPassing, Refused } from './api'
import { Uploading } from './bubble'
import type { Messenger } from './messenger'
import type { Upload } from './state'

function choices(failure: Pick<Upload, 'failed' | 'isFinal'>): (string | null)[] {
  const upload: Upload = {
    echoId: 'e',
    file: new File(['hola'], 'a.txt'),
    to: undefined,
    share: 0,
    createdAt: 1,
    isWaiting: false,
    ...failure,
  }
  const box = document.createElement('div')
  render(<Uploading messenger={{} as Messenger} upload={upload} waiting="" />, box)
  return [...box.querySelectorAll('button')].map((button) => button.textContent)
}

test('a file that would be refused again can only be discarded; another failure can be tried again', () => {
  expect(choices({ failed: 'No se admite.', isFinal: true })).toEqual(['Descartar'])
  expect(choices({ failed: 'Ahora no.' })).toEqual(['Reintentar', 'Descartar'])
  expect(choices({})).toEqual([])
})

test.each([
  [new Refused(413, 'Pesa demasiado.'), false, true],
  [new Refused(422, 'No se admite.'), false, true],
  [new Refused(401, ''), false, false],
  [new Refused(429, ''), true, false],
  [new Refused(503, ''), true, false],
  [new TypeError('network'), true, false],
])('%s: passing %s, final %s', (error, passing, final) => {
  expect([isPassing(error), isFinal(error)]).toEqual([passing, final])
})

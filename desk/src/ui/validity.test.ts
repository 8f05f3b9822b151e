import { afterEach, describe, expect, it } from 'vitest'

import { useValidity, wrongAbout } from './validity'

describe('what is wrong with a field (Z-21)', () => {
  afterEach(() => (document.body.innerHTML = ''))

  function form(html: string): HTMLFormElement {
    document.body.innerHTML = `<form>${html}</form>`
    return document.querySelector('form') as HTMLFormElement
  }

  it('is said in our words, whatever the kind of field', () => {
    const fields = form(
      '<input required /><input type="email" value="a" /><input type="url" value="a" />' +
        '<input type="number" min="3" value="1" />',
    ).querySelectorAll('input')
    expect([...fields].map(wrongAbout)).toEqual([
      'common.required',
      'common.no_email',
      'common.no_url',
      'common.out_of_range',
    ])
  })

  it('is no bubble, and only the first wrong field takes the focus', () => {
    const made = form('<input value="x" required /><input required /><textarea required></textarea>')
    const kept: [string, boolean][] = []
    for (const field of made.querySelectorAll<HTMLInputElement>('input, textarea')) {
      const { invalid, wrong } = useValidity()
      field.addEventListener('invalid', (event) => {
        invalid(event)
        kept.push([wrong.value, event.defaultPrevented])
      })
    }
    made.reportValidity()
    expect(kept).toEqual([
      ['common.required', true],
      ['common.required', true],
    ])
    expect(document.activeElement).toBe(made.querySelectorAll('input')[1])
  })
})

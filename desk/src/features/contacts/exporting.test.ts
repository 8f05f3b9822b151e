import { describe, expect, it } from 'vitest'

import { exportAddress } from './exporting'

const DESK = '/api/desk/accounts/1'

describe('the address of the table', () => {
  it('has what the list is asked by, in its order', () => {
    expect(exportAddress(DESK, { words: ' ana ', label: 'vip', conditions: [], sort: '-name' })).toBe(
      `${DESK}/contacts/export.csv?q=ana&label=vip&sort=-name`,
    )
    expect(exportAddress(DESK, { words: '', label: '', conditions: [], sort: '' })).toBe(`${DESK}/contacts/export.csv`)
  })
  it("has the words and the label beside a segment's conditions", () => {
    const condition = { attribute_key: 'name', filter_operator: 'equal_to', values: ['Bea'] } as never
    const address = exportAddress(DESK, { words: 'ana', label: 'vip', conditions: [condition], sort: 'name' })
    expect(address).toContain('&q=ana&label=vip&sort=name')
    expect(decodeURIComponent(address)).toContain('"attribute_key":"name"')
  })
})

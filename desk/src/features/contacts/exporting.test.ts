import { describe, expect, it } from 'vitest'

import { exportAddress } from './exporting'

const DESK = '/api/desk/accounts/1'

describe('the address of the table', () => {
  it('has what the list is asked by', () => {
    expect(exportAddress(DESK, { words: ' ana ', label: 'vip', conditions: [] })).toBe(
      `${DESK}/contacts/export.csv?q=ana&label=vip`,
    )
    expect(exportAddress(DESK, { words: '', label: '', conditions: [] })).toBe(`${DESK}/contacts/export.csv`)
  })
  it('follows conditions alone, as the list does', () => {
    const condition = { attribute_key: 'name', filter_operator: 'equal_to', values: ['Bea'] } as never
    const address = exportAddress(DESK, { words: 'ana', label: '', conditions: [condition] })
    expect(address).not.toContain('q=')
    expect(decodeURIComponent(address)).toContain('"attribute_key":"name"')
  })
})

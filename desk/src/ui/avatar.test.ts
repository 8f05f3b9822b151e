import { describe, expect, it } from 'vitest'

import { initials } from './avatar'

describe('initials (Z-21)', () => {
  it('take the first surname, which in Spanish comes before the last', () => {
    const names = {
      'Paula Vargas Jiménez': 'PV',
      'María José García López': 'MG',
      'Juan de la Cruz': 'JC',
      'Lucía Ferrer': 'LF',
      'Ana María del Río Soto': 'AR',
      Cher: 'CH',
      '+34 600 111 222': '+34',
      '': '?',
      'diego salas': 'DS',
    }
    for (const [name, wanted] of Object.entries(names)) expect(initials(name), name).toBe(wanted)
  })
})

import { baseCompile } from '@intlify/message-compiler'
import { describe, expect, it } from 'vitest'

type Tree = { [key: string]: string | Tree }
const files = import.meta.glob<Tree>('./*/*.json', { eager: true, import: 'default' })

function keys(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : keys(value, `${prefix}${key}.`),
  )
}

function all(locale: string): string[] {
  return Object.entries(files)
    .filter(([path]) => path.startsWith(`./${locale}/`))
    .flatMap(([, tree]) => keys(tree))
    .sort()
}

describe('catalogues', () => {
  it('say the same things in Spanish and English', () => {
    expect(all('en')).toEqual(all('es'))
    expect(all('es').length).toBeGreaterThan(50)
  })

  it('can be read: an "@" or a brace that means itself is written so', () => {
    for (const [path, tree] of Object.entries(files)) {
      for (const key of keys(tree)) {
        const said = key.split('.').reduce<Tree | string>((at, step) => (at as Tree)[step] ?? '', tree)
        const broken: string[] = []
        baseCompile(String(said), { onError: (error) => broken.push(error.message) })
        expect(broken, `${path} ${key}`).toEqual([])
      }
    }
  })

  it('leave nothing blank and nobody shouting', () => {
    for (const tree of Object.values(files)) {
      const text = JSON.stringify(tree)
      expect(text).not.toContain('""')
      expect(text).not.toMatch(/¡|!/)
    }
  })
})

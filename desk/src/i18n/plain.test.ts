// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { createApp, defineComponent, h, nextTick } from 'vue'
import { useI18n } from 'vue-i18n'
import { i18n, setLocale, t } from './index'

afterEach(() => setLocale('es'))

const Words = defineComponent({
  setup() {
    const { t } = useI18n()
    return () => h('p', t('common.cancel'))
  },
})

it('a plain sentence follows the language, also where it was said before', async () => {
  const place = document.createElement('div')
  createApp(Words).use(i18n).mount(place)
  expect(place.textContent).toBe('Cancelar')

  await setLocale('en')
  await nextTick()
  expect(place.textContent).toBe('Cancel')
  expect(t('common.cancel')).toBe('Cancel')

  await setLocale('es')
  await nextTick()
  expect(place.textContent).toBe('Cancelar')
})

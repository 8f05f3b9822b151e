import '@fontsource-variable/inter'
import '@fontsource-variable/newsreader'
import './ui/tokens.css'
import './ui/styles/index.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { i18n } from './i18n'
import { router } from './router'
import { useChannels } from './stores/channels'
import { useSession } from './stores/session'
import { CHANNEL_FACES } from './ui/channelFaces'
import { guardCompositions } from './ui/composition'

async function start(): Promise<void> {
  guardCompositions()
  const app = createApp(App)
  app.use(createPinia()).use(i18n)
  app.provide(CHANNEL_FACES, (type) => useChannels().of(type))
  try {
    await useSession().start()
  } catch {
    // The first screen says that the server does not answer, and tries again.
  }
  app.use(router)
  await router.isReady()
  app.mount('#app')
}

void start()

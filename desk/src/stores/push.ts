// Whether this browser tells of news while the desk is closed. The switch is the browser's; which kinds, is the member's.
import { defineStore } from 'pinia'
import { ref } from 'vue'

import { api } from '@/api/client'
import type { PushKey } from '@/api/models'

import { useSession } from './session'

const WORKER = '/app/push-worker.js'
const SCOPE = '/app/'
const SUBSCRIPTIONS = '/api/v1/notification_subscriptions'

/** `impossible`: this browser, or an address without https, has no push. `denied`: the browser was told never to. */
export type PushState = 'impossible' | 'denied' | 'off' | 'on'

const isPossible = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE)
  return (await registration?.pushManager.getSubscription()) ?? null
}

export const usePush = defineStore('push', () => {
  const session = useSession()
  const state = ref<PushState>('impossible')

  /** The server knows this browser as that of who is signed in. */
  async function tellServer(subscribed: PushSubscription): Promise<void> {
    const { endpoint, keys } = subscribed.toJSON()
    await api.post(SUBSCRIPTIONS, {
      subscription_type: 'browser_push',
      subscription_attributes: { endpoint, p256dh: keys?.p256dh, auth: keys?.auth },
    })
  }

  /** How it stands. A browser that is subscribed belongs to whoever uses it now. */
  async function look(): Promise<void> {
    if (!isPossible()) return
    const subscribed = await subscription()
    if (subscribed && Notification.permission === 'granted') {
      state.value = 'on'
      await tellServer(subscribed)
    } else state.value = Notification.permission === 'denied' ? 'denied' : 'off'
  }

  async function enable(): Promise<void> {
    if ((await Notification.requestPermission()) !== 'granted') {
      state.value = Notification.permission === 'denied' ? 'denied' : 'off'
      return
    }
    const { public_key } = await api.get<PushKey>(`${session.desk}/push_key`)
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE })
    const registration = await navigator.serviceWorker.ready
    await tellServer(
      await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: public_key }),
    )
    state.value = 'on'
  }

  /** Also before signing out: nobody's news on a browser that nobody uses. */
  async function disable(): Promise<void> {
    if (!isPossible()) return
    const subscribed = await subscription()
    if (!subscribed) return
    await api.delete(SUBSCRIPTIONS, { push_token: subscribed.endpoint })
    await subscribed.unsubscribe()
    state.value = 'off'
  }

  /** What a notification that was pressed asks to be shown. */
  function onOpen(show: (address: string) => void): () => void {
    if (!isPossible()) return () => undefined
    const hear = ({ data }: MessageEvent<{ open?: string }>): void => {
      if (data?.open) show(data.open)
    }
    navigator.serviceWorker.addEventListener('message', hear)
    return () => navigator.serviceWorker.removeEventListener('message', hear)
  }

  return { state, look, enable, disable, onOpen }
})

// Who is signed in, in which account, and how they like their desk.
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { api, setCsrfToken, whenSignedOut } from '@/api/client'
import type { AccountOfUser, Availability, Boot, Id, SecondStep, UiSettings, User } from '@/api/models'
import type { PasskeyAnswer } from './webauthn'
import { firstLocale, setLocale, type Locale } from '@/i18n'
import { settleToasts } from '@/ui/toasts'

const OVER_ASKED_AFTER_MS = 1500
/** What a role may be given (the server's policies.py), as far as the desk asks for it. */
export type Capability =
  | 'conversations.write'
  | 'conversations.assign'
  | 'conversations.close'
  | 'messages.delete'
  | 'labels.write'
  | 'teams.write'
  | 'inboxes.write'
  | 'reports.read'
export type Theme = 'light' | 'dark' | 'system'

export function applyTheme(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  try {
    localStorage.setItem('theme', theme)
  } catch {
    // The server keeps it too.
  }
}

export const useSession = defineStore('session', () => {
  const boot = ref<Boot>()
  const user = ref<User>()
  const accountId = ref<Id>(0)
  /** The password was right, and more is asked for. */
  const step = ref<SecondStep>()

  const account = computed<AccountOfUser | undefined>(() =>
    user.value?.accounts.find((one) => one.id === accountId.value),
  )
  const role = computed(() => account.value?.role ?? 'agent')
  const isAdministrator = computed(() => role.value === 'administrator')
  /** Whoever looks as somebody else changes nothing, whatever that one may. */
  const viewer = computed(() => boot.value?.viewer ?? '')
  const can = (needed: Capability): boolean => !viewer.value && (account.value?.capabilities.includes(needed) ?? true)
  const canWrite = computed(() => can('conversations.write'))
  /** Where a second step is asked for that this user has not got: of this account, and whether it is closed for that. */
  const askedStep = computed(() => boot.value?.second_steps.find((one) => one.account_id === accountId.value))
  const owedStep = computed(() => (askedStep.value?.owed ? askedStep.value : undefined))
  const owesStep = (id: Id): boolean => !!boot.value?.second_steps.some((one) => one.account_id === id && one.owed)
  const settings = computed<UiSettings>(() => user.value?.ui_settings ?? {})
  const locale = ref<Locale>('es')
  const base = computed(() => `/api/v1/accounts/${accountId.value}`)
  const desk = computed(() => `/api/desk/accounts/${accountId.value}`)

  async function start(): Promise<void> {
    const loaded = await api.get<Boot>('/api/desk/boot')
    take(loaded)
    whenSignedOut(() => {
      if (user.value) void isOver()
    })
  }

  let asking: Promise<boolean> | undefined
  /**
   * Someone was told that the session is over: ask, and go to the door when it is true. It is not where this very
   * screen just changed the password: its answer, with the new cookie, may come after the word of the stream.
   */
  function isOver(): Promise<boolean> {
    asking ??= (async () => {
      await new Promise((done) => setTimeout(done, OVER_ASKED_AFTER_MS))
      const now = await api.get<Boot>('/api/desk/boot').catch(() => undefined)
      asking = undefined
      if (now?.user && now.user.id === user.value?.id) {
        setCsrfToken(now.csrf_token)
        boot.value = { ...now, user: boot.value?.user ?? null }
        if (!owedStep.value) return false
        location.assign('/app/')
        return true
      }
      location.assign('/app/login')
      return true
    })()
    return asking
  }

  function take(loaded: Boot): void {
    boot.value = loaded
    setCsrfToken(loaded.csrf_token)
    user.value = loaded.user ?? undefined
    accountId.value = loaded.user?.account_id ?? loaded.user?.accounts[0]?.id ?? 0
    const kept = loaded.user?.ui_settings.locale
    locale.value = kept ?? firstLocale(loaded.locale)
    void setLocale(locale.value)
    applyTheme((loaded.user?.ui_settings.theme as Theme | undefined) ?? keptTheme())
    document.documentElement.dataset.density = loaded.user?.ui_settings.density === 'compact' ? 'compact' : ''
    if (loaded.user && !loaded.user.timezone && !loaded.viewer) void keepZone()
  }

  /** Nobody has said yet where this user is: this browser does, once. The profile changes it. */
  async function keepZone(): Promise<void> {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    const saved = await api.put<User>('/api/v1/profile', { profile: { timezone: timeZone } }).catch(() => undefined)
    if (saved && user.value) user.value.timezone = saved.timezone
  }

  function keptTheme(): Theme {
    try {
      return (localStorage.getItem('theme') as Theme | null) ?? 'system'
    } catch {
      return 'system'
    }
  }

  /** Who has a second factor is asked for it at the door. */
  function come(said: Boot | SecondStep): void {
    step.value = 'mfa_token' in said ? said : undefined
    if (!('mfa_token' in said)) take(said)
  }

  async function signIn(email: string, password: string): Promise<void> {
    come(await api.post<Boot | SecondStep>('/api/desk/session', { email, password }))
  }

  /** `proof`: the app's code, or a recovery code. */
  async function takeStep(proof: Record<string, unknown>): Promise<void> {
    come(await api.post<Boot>('/api/desk/session/second-step', { mfa_token: step.value?.mfa_token, ...proof }))
  }

  async function signInByPasskey(answer: PasskeyAnswer): Promise<void> {
    take(await api.post<Boot>('/api/desk/passkeys/session', { ...answer }))
  }

  async function firstRun(fields: Record<string, string>): Promise<void> {
    take(await api.post<Boot>('/api/desk/first-run', fields))
  }

  async function signInByLink(email: string, token: string): Promise<void> {
    take(await api.post<Boot>('/api/desk/session', { email, sso_auth_token: token }))
  }

  async function setPassword(token: string, password: string): Promise<void> {
    come(await api.post<Boot | SecondStep>('/api/desk/password', { token, password }))
  }

  async function confirmEmail(token: string): Promise<void> {
    come(await api.post<Boot | SecondStep>('/api/desk/confirmation', { token }))
  }

  async function signOut(): Promise<void> {
    settleToasts()
    await api.delete('/api/desk/session')
    location.assign('/app/login')
  }

  async function changeLocale(next: Locale): Promise<void> {
    locale.value = next
    await setLocale(next)
    if (user.value && !viewer.value) await saveSettings({ locale: next })
  }

  /** Show it at once, keep it on the server; ui_settings is one object that is replaced as a whole. */
  async function saveSettings(changes: Partial<UiSettings>): Promise<void> {
    if (!user.value) return
    user.value.ui_settings = { ...user.value.ui_settings, ...changes }
    if (changes.theme) applyTheme(changes.theme)
    if (changes.density) document.documentElement.dataset.density = changes.density === 'compact' ? 'compact' : ''
    if (viewer.value) return
    const saved = await api.put<User>('/api/v1/profile', { profile: { ui_settings: user.value.ui_settings } })
    user.value = { ...saved, ui_settings: user.value.ui_settings }
  }

  async function setAvailability(availability: Availability): Promise<void> {
    user.value = await api.post<User>('/api/v1/profile/availability', {
      profile: { account_id: accountId.value, availability },
    })
  }

  async function chooseAccount(id: Id): Promise<void> {
    await api.put('/api/v1/profile/set_active_account', { profile: { account_id: id } })
    location.assign('/app/')
  }

  return {
    boot,
    user,
    accountId,
    step,
    account,
    role,
    isAdministrator,
    canWrite,
    can,
    viewer,
    settings,
    locale,
    base,
    desk,
    start,
    take,
    isOver,
    askedStep,
    owedStep,
    owesStep,
    signIn,
    takeStep,
    signInByPasskey,
    signInByLink,
    setPassword,
    confirmEmail,
    firstRun,
    signOut,
    changeLocale,
    saveSettings,
    setAvailability,
    chooseAccount,
  }
})

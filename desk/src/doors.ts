// Addresses for who is not signed in.
import type { RouteRecordRaw } from 'vue-router'

import { withWords } from './i18n'

export const doors: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => withWords('session', () => import('./features/session/SignIn.vue')),
    meta: { open: true, title: 'session.sign_in' },
  },
  {
    path: '/forgot',
    name: 'forgot',
    component: () => withWords('session', () => import('./features/session/ForgotPassword.vue')),
    meta: { open: true, title: 'session.forgot' },
  },
  {
    path: '/set-password',
    name: 'set-password',
    component: () => withWords('session', () => import('./features/session/SetPassword.vue')),
    meta: { open: true, title: 'session.set_password' },
  },
  {
    path: '/confirm',
    name: 'confirm-email',
    component: () => withWords('session', () => import('./features/session/ConfirmEmail.vue')),
    meta: { open: true, title: 'session.confirm' },
  },
  {
    path: '/email-undo',
    name: 'email-undo',
    component: () => withWords('session', () => import('./features/session/EmailUndo.vue')),
    meta: { open: true, title: 'session.undo_title' },
  },
  {
    path: '/welcome',
    name: 'welcome',
    component: () => withWords(['session', 'settings'], () => import('./features/session/FirstRun.vue')),
    meta: { open: true, title: 'session.first_run' },
  },
  {
    path: '/second-step',
    name: 'second-step',
    component: () =>
      withWords(['signin', 'session'], () => import('./features/settings/security/SecondStepNeeded.vue')),
    meta: { title: 'signin.needed_title' },
  },
]

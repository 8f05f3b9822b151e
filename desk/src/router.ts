// Addresses of the desk. A feature plugs in with one line; each is its own chunk.
import {
  Activity,
  Building2,
  Gauge,
  Inbox,
  KeyRound,
  ListPlus,
  ListVideo,
  LogIn,
  MessageSquareQuote,
  PanelsTopLeft,
  ScrollText,
  Server,
  ShieldCheck,
  Tag,
  UserRound,
  Users,
  UsersRound,
} from 'lucide-vue-next'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

import { mayOpen } from './components/sections'
import { doors } from './doors'
import { t, withWords } from './i18n'
import { reopenWhenGone } from './shell/gone'
import { setTitle } from './shell/unreadMark'
import { useSession } from './stores/session'

const conversations = () => import('./features/conversations/ConversationDesk.vue')
const list = { component: conversations, meta: { title: 'nav.conversations' } }
const contacts = () =>
  withWords(['imports', 'mending', 'nothing'], () => import('./features/contacts/ContactsPage.vue'))

const inside: RouteRecordRaw[] = [
  { path: 'conversations/:displayId(\\d+)?', name: 'conversations', ...list },
  { path: 'mentions/:displayId(\\d+)?', name: 'mentions', component: conversations, meta: { title: 'nav.mentions' } },
  {
    path: 'unattended/:displayId(\\d+)?',
    name: 'unattended',
    component: conversations,
    meta: { title: 'nav.unattended' },
  },
  { path: 'snoozed/:displayId(\\d+)?', name: 'snoozed', component: conversations, meta: { title: 'nav.snoozed' } },
  { path: 'inbox/:inboxId(\\d+)/:displayId(\\d+)?', name: 'inbox', ...list },
  { path: 'team/:teamId(\\d+)/:displayId(\\d+)?', name: 'team', ...list },
  { path: 'label/:label/:displayId(\\d+)?', name: 'label', ...list },
  {
    path: 'first-steps',
    name: 'first-steps',
    component: () =>
      withWords(['first_steps', 'settings'], () => import('./features/conversations/first-steps/FirstSteps.vue')),
    meta: { title: 'nav.first_steps', administrator: true },
  },
  {
    path: 'participating/:displayId(\\d+)?',
    name: 'participating',
    component: conversations,
    meta: { title: 'nav.participating' },
  },
  {
    path: 'board/:displayId(\\d+)?',
    name: 'board',
    component: () => withWords('wall', () => import('./features/conversations/board/WallPage.vue')),
    meta: { title: 'nav.board', wall: true },
  },
  { path: 'folder/:folderId(\\d+)/:displayId(\\d+)?', name: 'folder', ...list },
  { path: 'segment/:folderId(\\d+)', name: 'segment', component: contacts, meta: { title: 'nav.contacts' } },
  { path: 'contacts', name: 'contacts', component: contacts, meta: { title: 'nav.contacts' } },
  {
    path: 'contacts/:contactId(\\d+)',
    name: 'contact',
    component: () => import('./features/contacts/ContactPage.vue'),
    meta: { title: 'nav.contacts' },
  },
  {
    path: 'contacts/import/:importId(\\d+)?',
    name: 'contact-import',
    component: () => withWords('imports', () => import('./features/contacts/importing/ImportPage.vue')),
    meta: { title: 'nav.import_contacts', administrator: true },
  },
  {
    path: 'exports',
    name: 'exports',
    component: () => withWords('exports', () => import('./features/exports/ExportsPage.vue')),
    meta: { needs: 'reports.read', title: 'nav.exports' },
  },
  {
    path: 'search',
    name: 'search',
    component: () => withWords('search', () => import('./features/search/SearchPage.vue')),
    meta: { title: 'palette.search_page' },
  },
  {
    path: 'settings',
    name: 'settings',
    component: () => withWords(['settings', 'session'], () => import('./features/settings/SettingsPage.vue')),
    redirect: { name: 'profile' },
    meta: { title: 'nav.settings' },
    // In the order of the sections' bar: one with an icon is a section.
    children: [
      {
        path: 'profile',
        name: 'profile',
        component: () => withWords('alerts', () => import('./features/settings/ProfileSettings.vue')),
        meta: { title: 'sections.profile', section: UserRound },
      },
      {
        path: 'security',
        name: 'security',
        component: () => withWords('signin', () => import('./features/settings/security/SecuritySettings.vue')),
        meta: { title: 'sections.security', section: ShieldCheck },
      },
      {
        path: 'canned',
        name: 'canned',
        component: () => import('./features/settings/canned/CannedSettings.vue'),
        meta: { writer: true, title: 'sections.canned', section: MessageSquareQuote },
      },
      {
        path: 'macros',
        name: 'macros',
        component: () => import('./features/settings/macros/MacrosSettings.vue'),
        meta: { writer: true, title: 'sections.macros', section: ListVideo },
      },
      {
        path: 'apps',
        name: 'dashboard-apps',
        component: () => import('./features/settings/apps/AppsSettings.vue'),
        meta: { writer: true, title: 'sections.dashboard_apps', section: PanelsTopLeft },
      },
      {
        path: 'inboxes',
        name: 'inboxes',
        component: () => import('./features/settings/InboxesSettings.vue'),
        meta: { needs: 'inboxes.write', title: 'sections.inboxes', section: Inbox },
      },
      {
        path: 'inboxes/new',
        name: 'new-inbox',
        component: () => import('./features/settings/NewInbox.vue'),
        meta: { needs: 'inboxes.write', title: 'list.add_channel' },
      },
      {
        path: 'inboxes/:inboxId(\\d+)',
        name: 'inbox-settings',
        component: () => import('./features/settings/inbox/InboxSettings.vue'),
        meta: { needs: 'inboxes.write', title: 'sections.inboxes' },
      },
      {
        path: 'agents',
        name: 'agents',
        component: () => import('./features/settings/AgentsSettings.vue'),
        meta: { administrator: true, title: 'sections.agents', section: UsersRound },
      },
      {
        path: 'teams',
        name: 'teams',
        component: () => import('./features/settings/TeamsSettings.vue'),
        meta: { needs: 'teams.write', title: 'sections.teams', section: Users },
      },
      {
        path: 'roles/:role?',
        name: 'roles',
        component: () => withWords('roles', () => import('./features/settings/roles/RolesSettings.vue')),
        meta: { administrator: true, title: 'sections.roles', section: KeyRound },
      },
      {
        path: 'labels',
        name: 'labels',
        component: () => import('./features/settings/LabelsSettings.vue'),
        meta: { needs: 'labels.write', title: 'sections.labels', section: Tag },
      },
      {
        path: 'attributes',
        name: 'attributes',
        component: () => import('./features/settings/AttributesSettings.vue'),
        meta: { administrator: true, title: 'sections.attributes', section: ListPlus },
      },
      {
        path: 'account',
        name: 'account-settings',
        component: () => import('./features/settings/AccountSettings.vue'),
        meta: { administrator: true, title: 'sections.account', section: Building2 },
      },
      {
        path: 'single-sign-on',
        name: 'single-sign-on',
        component: () => withWords('sso', () => import('./features/settings/single-sign-on/SingleSignOnSettings.vue')),
        meta: { administrator: true, title: 'sections.single_sign_on', section: LogIn },
      },
      {
        path: 'audit',
        name: 'audit',
        component: () => withWords('audit', () => import('./features/settings/audit/AuditSettings.vue')),
        meta: { administrator: true, title: 'sections.audit', section: ScrollText },
      },
      {
        path: 'health',
        name: 'health',
        component: () => withWords('health_page', () => import('./features/settings/health/HealthPage.vue')),
        meta: { administrator: true, title: 'sections.health', section: Activity },
      },
      {
        path: 'limits',
        name: 'limits',
        component: () => withWords('limits', () => import('./features/settings/limits/LimitsSettings.vue')),
        meta: { administrator: true, title: 'sections.limits', section: Gauge },
      },
      {
        path: 'installation',
        name: 'installation',
        component: () => import('./features/settings/InstallationSettings.vue'),
        meta: { administrator: true, keeper: true, title: 'sections.installation', section: Server },
      },
    ],
  },
]

export const router = createRouter({
  history: createWebHistory('/app/'),
  routes: [
    ...doors,
    {
      path: '/accounts/:accountId(\\d+)',
      component: () => import('./shell/AppShell.vue'),
      children: [{ path: '', redirect: { name: 'conversations' } }, ...inside],
    },
    { path: '/:rest(.*)*', name: 'home', component: { render: () => null } },
  ],
})

router.beforeEach((to) => {
  const session = useSession()
  if (!session.boot) return true
  if (!session.boot.installed) return to.name === 'welcome' ? true : { name: 'welcome' }
  if (!session.user)
    return to.meta.open && to.name !== 'welcome'
      ? true
      : { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (to.name === 'home' || to.name === 'login' || to.name === 'welcome')
    return { name: 'conversations', params: { accountId: session.accountId } }
  if (to.params.accountId && Number(to.params.accountId) !== session.accountId) {
    const member = session.user.accounts.find((one) => one.id === Number(to.params.accountId))
    if (!member) return { name: 'conversations', params: { accountId: session.accountId } }
    session.accountId = member.id
  }
  if (session.owedStep && to.params.accountId) return { name: 'second-step' }
  if (to.name === 'second-step' && !session.owedStep)
    return { name: 'conversations', params: { accountId: session.accountId } }
  if (!mayOpen(to.meta)) return { name: 'profile', params: { accountId: session.accountId } }
  return true
})

router.afterEach((to) => {
  const title = [...to.matched].reverse().find((one) => one.meta.title)?.meta.title
  setTitle(title ? `${t(title)} · Ventanilla` : 'Ventanilla')
})

reopenWhenGone(router)

// The servers of a mailbox: what the form keeps, and what the server found for an address.

export interface MailServersFields {
  imap_enabled: boolean
  imap_address: string
  imap_port: number
  imap_login: string
  imap_password: string
  imap_enable_ssl: boolean
  imap_enable_starttls: boolean
  imap_folders: string[]
  /** What of a mailbox with a past is read: from the day before the inbox was made, or all of it. */
  imap_import: 'new' | 'all'
  smtp_enabled: boolean
  smtp_address: string
  smtp_port: number
  smtp_login: string
  smtp_password: string
  smtp_enable_ssl_tls: boolean
  smtp_enable_starttls_auto: boolean
  sending_limit_per_hour: number
  /** Whose word on SPF, DKIM and DMARC counts: a server's name, "none", or "" for the one that takes the mail. */
  trusted_server: string
}

export type Security = 'tls' | 'starttls' | 'none'
export const SECURITIES: Security[] = ['tls', 'starttls', 'none']

interface FoundServer {
  host: string
  port: number
  security: Security
  login: string
}
export interface Preset {
  key: string
  name: string
  sign_in: 'password' | 'app_password' | 'oauth'
  oauth: string
  imap: FoundServer
  smtp: FoundServer
}
export interface FoundServers extends Omit<Preset, 'key'> {
  source: 'preset' | 'mx' | 'srv' | 'autoconfig' | 'guess'
  provider: string
}

export interface Step {
  name: 'smtp_connect' | 'smtp_sign_in' | 'smtp_send' | 'imap_connect' | 'imap_sign_in' | 'imap_find'
  state: 'pending' | 'running' | 'ok' | 'failed' | 'waiting'
  reason: string
}

/** Why somebody came back from a provider without a mailbox; each has a sentence. */
export const PROBLEMS = [
  'denied',
  'refused',
  'expired',
  'unknown',
  'other_person',
  'other_address',
  'no_refresh_token',
  'unreachable',
  'taken',
  'not_set_up',
]

export function emptyMailServers(): MailServersFields {
  return {
    imap_enabled: false,
    imap_address: '',
    imap_port: 993,
    imap_login: '',
    imap_password: '',
    imap_enable_ssl: true,
    imap_enable_starttls: false,
    imap_folders: ['INBOX'],
    imap_import: 'new',
    smtp_enabled: false,
    smtp_address: '',
    smtp_port: 587,
    smtp_login: '',
    smtp_password: '',
    smtp_enable_ssl_tls: false,
    smtp_enable_starttls_auto: true,
    sending_limit_per_hour: 0,
    trusted_server: '',
  }
}

export const imapSecurity = (fields: MailServersFields): Security =>
  fields.imap_enable_ssl ? 'tls' : fields.imap_enable_starttls ? 'starttls' : 'none'
export const smtpSecurity = (fields: MailServersFields): Security =>
  fields.smtp_enable_ssl_tls ? 'tls' : fields.smtp_enable_starttls_auto ? 'starttls' : 'none'
export const withImapSecurity = (security: Security) => ({
  imap_enable_ssl: security === 'tls',
  imap_enable_starttls: security === 'starttls',
})
export const withSmtpSecurity = (security: Security) => ({
  smtp_enable_ssl_tls: security === 'tls',
  smtp_enable_starttls_auto: security === 'starttls',
})

/** What was found, as fields of the form; passwords and switches stay as they are. */
export function fieldsOf(found: { imap: FoundServer; smtp: FoundServer }, email: string): Partial<MailServersFields> {
  const { imap, smtp } = found
  return {
    imap_address: imap.host,
    imap_port: imap.port,
    imap_login: imap.login || email,
    ...withImapSecurity(imap.security),
    smtp_address: smtp.host,
    smtp_port: smtp.port,
    smtp_login: smtp.login || email,
    ...withSmtpSecurity(smtp.security),
  }
}

/** The fields as they are sent: a password that was not typed is left out, so that the kept one stays. */
export function channelOf(email: string, fields: MailServersFields): Record<string, unknown> {
  const sent: Record<string, unknown> = { email, ...fields }
  for (const key of ['imap_password', 'smtp_password']) if (!sent[key]) delete sent[key]
  return sent
}

/** What a test will do, in its order. */
export function plannedSteps(fields: MailServersFields): Step[] {
  const names: Step['name'][] = []
  if (fields.smtp_enabled) names.push('smtp_connect', 'smtp_sign_in', 'smtp_send')
  if (fields.imap_enabled) names.push('imap_connect', 'imap_sign_in')
  if (fields.smtp_enabled && fields.imap_enabled) names.push('imap_find')
  return names.map((name) => ({ name, state: 'pending', reason: '' }))
}

/** The plan with what is known so far; `running` marks the next one while the test goes on. */
export function withResults(plan: Step[], known: Step[], goesOn: boolean): Step[] {
  const steps = plan.map((step) => known.find((one) => one.name === step.name) ?? step)
  const next = steps.find((step) => step.state === 'pending' || step.state === 'waiting')
  return goesOn && next ? steps.map((step) => (step === next ? { ...step, state: 'running' } : step)) : steps
}

// Servers of the large mail providers, so that most people type an address and a password and no more.

export interface MailServersFields {
  imap_enabled: boolean
  imap_address: string
  imap_port: number
  imap_login: string
  imap_password: string
  imap_enable_ssl: boolean
  smtp_enabled: boolean
  smtp_address: string
  smtp_port: number
  smtp_login: string
  smtp_password: string
  smtp_enable_ssl_tls: boolean
  smtp_enable_starttls_auto: boolean
}

export function emptyMailServers(): MailServersFields {
  return {
    imap_enabled: false, imap_address: '', imap_port: 993, imap_login: '', imap_password: '', imap_enable_ssl: true,
    smtp_enabled: false, smtp_address: '', smtp_port: 587, smtp_login: '', smtp_password: '', smtp_enable_ssl_tls: false, smtp_enable_starttls_auto: true,
  }
}

interface Provider {
  domains: string[]
  imap: string
  smtp: [host: string, port: number, tls: boolean]
  appPassword: boolean
}
const PROVIDERS: Provider[] = [
  { domains: ['gmail.com', 'googlemail.com'], imap: 'imap.gmail.com', smtp: ['smtp.gmail.com', 587, false], appPassword: true },
  { domains: ['outlook.com', 'hotmail.com', 'live.com', 'outlook.es', 'hotmail.es'], imap: 'outlook.office365.com', smtp: ['smtp.office365.com', 587, false], appPassword: true },
  { domains: ['icloud.com', 'me.com'], imap: 'imap.mail.me.com', smtp: ['smtp.mail.me.com', 587, false], appPassword: true },
  { domains: ['yahoo.com', 'yahoo.es'], imap: 'imap.mail.yahoo.com', smtp: ['smtp.mail.yahoo.com', 465, true], appPassword: true },
  { domains: ['zoho.com'], imap: 'imap.zoho.com', smtp: ['smtp.zoho.com', 465, true], appPassword: true },
]

/** What is known of the address; a domain of one's own gets the usual names to correct. */
export function guessServers(email: string): { fields: Partial<MailServersFields>; appPassword: boolean } {
  const domain = email.split('@')[1]?.trim().toLowerCase() ?? ''
  if (!domain) return { fields: {}, appPassword: false }
  const known = PROVIDERS.find((provider) => provider.domains.includes(domain))
  const [host, port, tls] = known?.smtp ?? [`smtp.${domain}`, 587, false]
  return {
    fields: { imap_address: known?.imap ?? `imap.${domain}`, imap_port: 993, imap_login: email, imap_enable_ssl: true, smtp_address: host, smtp_port: port, smtp_login: email, smtp_enable_ssl_tls: tls, smtp_enable_starttls_auto: !tls },
    appPassword: known?.appPassword ?? false,
  }
}

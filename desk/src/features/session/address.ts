// Addresses as people type them.

/** The host name in an address; empty while it is none. */
export function hostOf(address: string): string {
  try {
    return new URL(address.trim()).hostname
  } catch {
    return ''
  }
}

/** Whether only this machine is meant: such names are always let in. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

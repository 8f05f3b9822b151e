// The personal signature: when it goes with a reply, and that it stands there once.
import type { UiSettings } from '@/api/models'

/** The key that the contract's clients keep the choice under: `channel_email_signature_enabled`. */
export function signatureKey(channel: string): string {
  return `${channel.toLowerCase().replace('::', '_')}_signature_enabled`
}

/** Email carries it unless it was switched off; other channels when it was switched on, there or for all. */
export function signsOn(channel: string, settings: UiSettings, isMail: boolean): boolean {
  const chosen = settings[signatureKey(channel)]
  if (typeof chosen === 'boolean') return chosen
  return isMail || settings.send_with_signature === true
}

const plain = (text: string) =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .trim()

/** Where the signature begins in the text, as lines of its own; -1 when it is not there. */
function find(text: string, signature: string): number {
  const lines = `\n${text}\n`
  return lines.lastIndexOf(`\n${signature}\n`)
}

/** Whether it stands there already. */
export const isSigned = (text: string, signature: string): boolean => find(plain(text), plain(signature)) >= 0

export function withSignature(text: string, signature: string): string {
  const [said, mark] = [plain(text), plain(signature)]
  if (!mark || find(said, mark) >= 0) return said
  return said ? `${said}\n\n${mark}` : mark
}

/** The text again, for the editor: a signature at its end is taken off. */
export function withoutSignature(text: string, signature: string): string {
  const [said, mark] = [plain(text), plain(signature)]
  const at = mark ? find(said, mark) : -1
  return at >= 0 && at + mark.length === said.length ? said.slice(0, at).trimEnd() : said
}

// Passkeys between the browser and the server: WebAuthn's JSON (level 3), also where the browser does not write it itself.
import { api } from '@/api/client'

interface Asked {
  options: { publicKey: Record<string, unknown> }
  token: string
}
export interface PasskeyAnswer {
  token: string
  credential: Record<string, unknown>
}
type Described = { id: string; type: PublicKeyCredentialType; transports?: AuthenticatorTransport[] }

const bytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0)).buffer
const text = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
const described = (list: unknown) => ((list as Described[]) ?? []).map((one) => ({ ...one, id: bytes(one.id) }))

/** Only on pages by https, and on this machine. */
export const canUsePasskeys = (): boolean => 'PublicKeyCredential' in window

/** Whether the browser offers passkeys by itself while the address is typed. */
export async function canOfferPasskeys(): Promise<boolean> {
  if (!canUsePasskeys()) return false
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false
}

/** Ask the browser for a passkey. Throws DOMException when whoever sits here says no. */
export async function showPasskey(
  asking: string,
  body: Record<string, unknown> = {},
  more: { mediation?: CredentialMediationRequirement; signal?: AbortSignal } = {},
): Promise<PasskeyAnswer> {
  const { options, token } = await api.post<Asked>(asking, body)
  const asked = options.publicKey
  const publicKey = {
    ...asked,
    challenge: bytes(String(asked.challenge)),
    allowCredentials: described(asked.allowCredentials),
  } as PublicKeyCredentialRequestOptions
  const got = (await navigator.credentials.get({ ...more, publicKey })) as PublicKeyCredential
  const response = got.response as AuthenticatorAssertionResponse
  return {
    token,
    credential: written(got, {
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : undefined,
    }),
  }
}

/** Let the browser make a passkey. Throws DOMException as above. */
export async function makePasskey(): Promise<PasskeyAnswer> {
  const { options, token } = await api.post<Asked>('/api/desk/security/passkeys/ask')
  const asked = options.publicKey
  const user = asked.user as { id: string; name: string; displayName: string }
  const publicKey = {
    ...asked,
    challenge: bytes(String(asked.challenge)),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: described(asked.excludeCredentials),
  } as PublicKeyCredentialCreationOptions
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return {
    token,
    credential: written(made, {
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    }),
  }
}

function written(credential: PublicKeyCredential, response: Record<string, unknown>): Record<string, unknown> {
  return {
    id: credential.id,
    rawId: credential.id,
    type: credential.type,
    clientExtensionResults: {},
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  }
}

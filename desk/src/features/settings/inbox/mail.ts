// Signing a mailbox in at its provider.

/** Why someone came back from a provider without a mailbox; each has a sentence. */
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

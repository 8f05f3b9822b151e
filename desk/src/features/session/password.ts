// The password rule of the contract (A.2), for showing live which part is still missing.

export interface PasswordRule {
  key: 'length' | 'upper' | 'lower' | 'digit' | 'special'
  passes: boolean
}

export function passwordRules(password: string): PasswordRule[] {
  return [
    { key: 'length', passes: password.length >= 6 && password.length <= 128 },
    { key: 'upper', passes: /\p{Lu}/u.test(password) },
    { key: 'lower', passes: /\p{Ll}/u.test(password) },
    { key: 'digit', passes: /\d/.test(password) },
    { key: 'special', passes: /[^\p{L}\d\s]/u.test(password) },
  ]
}

// The rules of passwords, for showing live which part is still missing, and how soon one would be guessed.

export interface PasswordRule {
  key: 'length' | 'upper' | 'lower' | 'digit' | 'special'
  passes: boolean
}

export function passwordRules(password: string, shortest = 6): PasswordRule[] {
  return [
    { key: 'length', passes: password.length >= shortest && password.length <= 128 },
    { key: 'upper', passes: /\p{Lu}/u.test(password) },
    { key: 'lower', passes: /\p{Ll}/u.test(password) },
    { key: 'digit', passes: /\d/.test(password) },
    { key: 'special', passes: /[^\p{L}\d\s]/u.test(password) },
  ]
}

export type Strength = 'weak' | 'fair' | 'strong'
const RUNS = 'abcdefghijklmnopqrstuvwxyz|qwertyuiop|asdfghjkl|zxcvbnm|01234567890'
const FAIR_BITS = 36
const STRONG_BITS = 56

/** How many bits of surprise it holds, about: a character that repeats or continues the one before adds almost nothing. */
export function surprise(password: string): number {
  const plain = password.toLowerCase()
  let bits = 0
  for (let at = 0; at < password.length; at += 1) {
    const pair = plain.slice(Math.max(0, at - 1), at + 1)
    const goesOn = at > 0 && (pair[0] === pair[1] || RUNS.includes(pair))
    const came = plain.indexOf(plain[at] ?? '') < at
    bits += goesOn ? 0.5 : came ? 2.5 : /\p{L}/u.test(plain[at] ?? '') ? 4.2 : 3.8
  }
  return bits
}

/** A hint beside the field; what is refused, the server says. */
export function strengthOf(password: string): Strength {
  const bits = surprise(password)
  return bits < FAIR_BITS ? 'weak' : bits < STRONG_BITS ? 'fair' : 'strong'
}

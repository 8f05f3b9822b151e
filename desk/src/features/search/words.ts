// What is typed into the search, cut into chips and words. The server reads it the same way (ventanilla/search/language.py);
// here it is only drawn.

export interface Operator {
  key: string
  /** In the reader's language. */
  name: string
  names: string[]
  hint: string
}
export interface Typed {
  chips: string[]
  /** Words, phrases, and what is still being typed. */
  text: string
}

const WITHOUT = ['sin', 'without']
const PART = /(-(?=\S))?(?:([\p{L}]{2,20}):)?(?:"[^"]*(?:"|$)|[^\s"]+)/gu

export const bare = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

export function operatorOf(part: string, operators: Operator[]): Operator | undefined {
  const name = /^-?([\p{L}]{2,20}):/u.exec(part)?.[1]
  return name ? operators.find((one) => one.names.some((other) => bare(other) === bare(name))) : undefined
}

const isUnwanted = (part: string): boolean =>
  part.startsWith('-') || WITHOUT.includes(bare(/^([\p{L}]+):/u.exec(part)?.[1] ?? ''))

/** Chips are what has an operator or is unwanted. With `typing` the last part stays text until a space ends it. */
export function cut(typed: string, operators: Operator[], typing = false): Typed {
  const chips: string[] = []
  const text = typed.replace(PART, (part: string, ...rest: unknown[]) => {
    const offset = rest.at(-2) as number
    const isOpen = /"[^"]*$/.test(part) && (part.match(/"/g)?.length ?? 0) % 2 === 1
    const isLast = offset + part.length === typed.length
    if (typing && (isOpen || (isLast && !part.endsWith('"')))) return part
    if (!(operatorOf(part, operators) || isUnwanted(part)) || part.endsWith(':')) return part
    chips.push(part)
    return ''
  })
  return { chips, text: typing ? text.trimStart().replace(/ {2,}/g, ' ') : text.trim().replace(/\s+/g, ' ') }
}

export const together = ({ chips, text }: Typed): string => [...chips, text.trim()].filter(Boolean).join(' ')

/** A chip as it is drawn: the word before the colon, and what follows. */
export function faceOf(chip: string): { name: string; value: string } {
  const [, minus = '', name = '', value = ''] = /^(-?)(?:([\p{L}]+):)?(.*)$/u.exec(chip) ?? []
  return { name: name ? `${minus}${name}:` : minus, value: value.replace(/^"|"$/g, '') }
}

export const chipOf = (operator: Operator, value: string): string =>
  `${operator.name}:${/[\s"]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`

/** What the last word asks to be completed: an operator's value, or the name of an operator. */
export function completing(
  text: string,
  operators: Operator[],
): { operator?: Operator; minus: string; value: string } | undefined {
  const last = /(?:^|\s)(-?(?:[\p{L}]{2,20}:)?(?:"[^"]*|[^\s"]*))$/u.exec(text)?.[1] ?? ''
  const operator = operatorOf(last, operators)
  const minus = last.startsWith('-') ? '-' : ''
  if (operator) return { operator, minus, value: last.slice(last.indexOf(':') + 1).replace(/^"/, '') }
  const begun = last.slice(minus.length)
  return /^[\p{L}]{1,20}$/u.test(begun) ? { minus, value: begun } : undefined
}

export const withoutLast = (text: string): string => text.replace(/-?(?:[\p{L}]{2,20}:)?(?:"[^"]*|[^\s"]*)$/u, '')

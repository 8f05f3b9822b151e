/** 64 bits that differ when the text does: tells whether a user changed, protects nothing. */
export function fingerprint(text: string): string {
  let [a, b] = [1, 2]
  for (const char of text) {
    const code = char.codePointAt(0)!
    a = Math.imul(a ^ code, 2654435761) ^ (a >>> 15)
    b = Math.imul(b ^ code, 1597334677) ^ (b >>> 13)
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36)
}

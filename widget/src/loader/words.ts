/** JSON on pages that changed how objects write themselves: Prototype.js gave String and Array a `toJSON` of their own. */
export function write(value: unknown): string {
  if (value instanceof Date) return write(value.toISOString())
  if (value && typeof value === 'object') {
    const isList = Array.isArray(value)
    const parts: string[] = []
    for (const key of Object.keys(value)) {
      const said = (value as Record<string, unknown>)[key]
      if (typeof said !== 'function' && said !== undefined) parts.push((isList ? '' : quoted(key) + ':') + write(said))
    }
    return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`
  }
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'boolean' || (typeof value === 'number' && isFinite(value)) ? String(value) : 'null'
}

const quoted = (text: string): string =>
  '"' + text.replace(/["\\\u0000-\u001f]/g, (sign) => '\\u' + sign.charCodeAt(0).toString(16).padStart(4, '0')) + '"'

// What a canned response is made of: text, variables (contract F.19) and blanks that someone fills in before it is sent.
import type { Json } from '@/api/models'

export type Values = { [name: string]: Json | Values | undefined }
export type Piece =
  | { kind: 'text'; text: string }
  /** `value` is '' where no one knows it; `path` is its name between the braces. */
  | { kind: 'variable'; path: string; value: string }
  | { kind: 'gap'; name: string }

// An agent explaining a template must be able to show one: code, and a bracket that means itself, are left alone.
const PARTS = /```[\s\S]*?```|`[^`\n]+`|\{\{\s*([\w.]+)\s*\}\}|\\\[|\[\[([^[\]\n]{1,60})\]\]/g
/** The text in parts, each variable with its value. */
export function piecesOf(text: string, values: Values): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(PARTS)) {
    const [whole, path, gap] = match
    if (path === undefined && gap === undefined) continue
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) })
    if (gap !== undefined) pieces.push({ kind: 'gap', name: gap.trim() })
    else if (path !== undefined) pieces.push({ kind: 'variable', path, value: valueAt(values, path) })
    from = match.index + whole.length
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) })
  return pieces
}

function valueAt(values: Values, path: string): string {
  let found: Json | Values | undefined = values
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, name)) return ''
    found = found[name]
  }
  return found === undefined || found === null || typeof found === 'object' ? '' : String(found)
}

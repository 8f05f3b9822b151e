/** The templates of components as a tree of elements, for rules that hold in all of them. */
import { NodeTypes, type RootNode, type TemplateChildNode } from '@vue/compiler-dom'

export interface Tag {
  tag: string
  /** Written values and bound expressions by name, directives by theirs ("v-html"). */
  attributes: Record<string, string | undefined>
  line: number
  children: TemplateChildNode[]
}

/** Every element below the root. */
export function elements(node: RootNode | TemplateChildNode): Tag[] {
  const found: Tag[] = []
  if (node.type === NodeTypes.ELEMENT) {
    const attributes: Tag['attributes'] = {}
    for (const one of node.props) {
      if (one.type === NodeTypes.ATTRIBUTE) attributes[one.name] = one.value?.content ?? ''
      else {
        const named = one.arg && 'content' in one.arg ? one.arg.content : ''
        attributes[one.name === 'bind' ? named : `v-${one.name}`] = one.exp?.loc.source ?? ''
      }
    }
    found.push({ tag: node.tag, attributes, line: node.loc.start.line, children: node.children })
  }
  const below = 'children' in node ? (node.children as TemplateChildNode[]) : []
  return [...found, ...below.filter((one) => typeof one === 'object').flatMap(elements)]
}

/** What the element shows of values: interpolations that stand directly in it, and markup. */
export function shows({ children, attributes, tag }: Tag): string[] {
  const values = children.filter((one) => one.type === NodeTypes.INTERPOLATION)
  const said = values.map((one) => one.content.loc.source.replace(/\s+/g, ' ').trim())
  // The markup of messages is theirs, too.
  return attributes['v-html'] && tag !== 'style' ? [...said, 'message.content'] : said
}

/** Whether the element takes its direction from what is in it. */
export const isAuto = ({ tag, attributes }: Tag): boolean => tag === 'bdi' || (attributes.dir ?? '').includes('auto')

// Writes trees with annotations of their branches in the format of FigTree and others: `[&key=value]`.
import { type Node, nodes } from './tree'

export type Annotations = (node: Node) => Record<string, string | number>
const quoted = (name: string) => (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "''")}'`)
const key = (name: string) => name.replaceAll(/\W+/g, '_').replaceAll(/^_|_$/g, '')
const written = (value: string | number) =>
  typeof value === 'number' ? String(value) : `"${value.replaceAll('"', "'")}"`

export function annotated(root: Node, annotations: Annotations): string {
  const text = new Map<Node, string>()
  // Visits children before parents, without recursion, because trees can be deep.
  for (const node of nodes(root).reverse()) {
    const said = Object.entries(annotations(node)).map(([name, value]) => `${key(name)}=${written(value)}`)
    const children = node.children.map((child) => text.get(child)).join(',')
    text.set(
      node,
      (children && `(${children})`) +
        quoted(node.name) +
        (said.length && node.parent ? `[&${said.join(',')}]` : '') +
        (Number.isFinite(node.length) && node.parent ? `:${node.length}` : ''),
    )
  }
  return `${text.get(root)};\n`
}

export function nexus(root: Node, annotations: Annotations): string {
  const taxa = nodes(root)
    .filter((node) => !node.children.length)
    .map((node) => quoted(node.name))
  return `#NEXUS\nBEGIN TAXA;\n  DIMENSIONS NTAX=${taxa.length};\n  TAXLABELS ${taxa.join(' ')};\nEND;\nBEGIN TREES;\n  TREE result = ${annotated(root, annotations)}END;\n`
}

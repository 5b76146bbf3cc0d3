// A tree as it is drawn. Nameless internal nodes are called as HyPhy and the service call them:
// `Node` and their number in preorder, the root being 0.
export interface Node {
  name: string
  label: string
  length: number
  children: Node[]
  parent: Node | null
}

/** The first tree in a file: Newick, or NEXUS with its TRANSLATE table; none if there is none. */
export function treeIn(text: string): Node | null {
  const trees = /begin\s+trees\s*;([\s\S]*?)end\s*;/i.exec(text)?.[1]
  const newick = /\(([^;]*);/.exec(trees ? trees.slice(Math.max(0, trees.search(/u?tree\s+[^=;]*=/i))) : text)?.[0]
  if (!newick) return null
  const root = parse(newick)
  const table = new Map(
    [...(/translate([^;]*);/i.exec(trees ?? '')?.[1] ?? '').matchAll(/(\S+)\s+([^\s,]+)\s*(?:,|$)/g)].map((m) => [
      m[1],
      m[2],
    ]),
  )
  const all = nodes(root)
  for (const node of all) node.name = table.get(node.name) ?? node.name
  const taken = new Set(all.map((node) => node.name.toLowerCase()))
  all.forEach((node, k) => {
    if (node.name || !node.children.length) return
    let name = `Node${k}`
    while (taken.has(name.toLowerCase())) name += '_'
    node.name = name
  })
  return root
}

export function nodes(root: Node): Node[] {
  const found: Node[] = []
  const stack = [root]
  for (let node = stack.pop(); node; node = stack.pop()) {
    found.push(node)
    for (const child of [...node.children].reverse()) stack.push(child)
  }
  return found
}

function parse(text: string): Node {
  const fresh = (parent: Node | null): Node => ({ name: '', label: '', length: NaN, children: [], parent })
  const root = fresh(null)
  let node = root
  for (const [word] of text.matchAll(/'(?:[^']|'')*'|\[[^\]]*\]|\{[^}]*\}|[(),;]|:\s*[-+.\deE]+|[^\s(),;:[\]{}']+/g)) {
    if (word === '(') node.children.push((node = fresh(node)))
    else if (word === ',') {
      const parent = node.parent ?? root
      node = fresh(parent)
      parent.children.push(node)
    } else if (word === ')') node = node.parent ?? root
    else if (word.startsWith(':')) node.length = Number(word.slice(1))
    else if (word.startsWith('{')) node.label = word.slice(1, -1)
    else if (word.startsWith("'")) node.name = word.slice(1, -1).replaceAll("''", "'")
    // A number on an internal node is its support.
    else if (word !== ';' && !word.startsWith('[') && !(node.children.length && Number.isFinite(Number(word))))
      node.name = word
  }
  return root
}

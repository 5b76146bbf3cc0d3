// How a reader looks at a tree. The drawing on the screen and the one for a file share it.
import { SvelteSet } from 'svelte/reactivity'
import type { Layout } from './geometry'

export class TreeView {
  layout = $state<Layout>('rectangular')
  /** 1 shows rows at their usual height. */
  zoom = $state(1)
  ladder = $state(false)
  aligned = $state(false)
  supports = $state(true)
  /** Whether inner nodes have their names. */
  nodeNames = $state(false)
  /** Names of nodes: trees are drawn anew with other objects. */
  collapsed = new SvelteSet<string>()
  root = $state<string | null>(null)
  /** The node that has the focus within the tree. */
  active = $state<string | null>(null)
  /** Names that contain this are marked. */
  wanted = $state('')
}

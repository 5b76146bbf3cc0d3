// Views of results that belong to one analysis, each loaded when it is needed.
//
// The view of an analysis is the component `results/views/<id>.svelte`; without one, the figures of
// `Default.svelte` are drawn from the summary. It is shown between the first line and the table, and
// is given `ViewProps`. It reads and writes `chosen`: whatever site or branch is picked in one figure
// is shown by the table, the tree and the other figures. Colours come from the tokens in style.css,
// so light and dark need no code.
import type { Component } from 'svelte'
import { type Job, type Schemas, send, type Summary } from '../api'
import { type Node, rootOf } from '../tree/tree'
import type { Chosen } from './chosen.svelte'

export interface ViewProps {
  job: Job
  /** HyPhy's JSON, with `null` for bare `inf` and `nan`. */
  result: Record<string, unknown>
  summary: Summary
  /** The trees of the result: of partitions, or of segments between breakpoints. */
  trees: Node[]
  chosen: Chosen
}

export type View = Component<ViewProps>

const VIEWS = import.meta.glob<{ default: View }>('./views/*.svelte')

/** Loads the view of a job's analysis and what it draws. `base` is the API's path of the job. */
export async function viewOf(job: Job, base: string) {
  const load = VIEWS[`./views/${job.method}.svelte`] ?? (() => import('./Default.svelte'))
  const get = async <T>(path: string) => (await (await send(base + path)).json()) as T
  const [view, result, { trees }] = await Promise.all([
    load() as Promise<{ default: View }>,
    get<Record<string, unknown>>('/result'),
    get<Schemas['Trees']>('/trees?max=100'),
  ])
  return { View: view.default, result, trees: trees.map(rootOf).filter((root) => root !== null) }
}

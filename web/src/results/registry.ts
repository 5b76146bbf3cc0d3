// Views of results for single analyses, each loaded on demand.
//
// The view of an analysis is the component `results/views/<id>.svelte`. An analysis without one has the figures of
// `Default.svelte`, which come from the summary. A view is shown between the statement and the table, and receives
// `ViewProps`. It reads and writes `chosen`: the table, the tree and the other figures show the site or branch that is
// selected in one figure. Colours come from the tokens in styles/tokens.css, so light and dark mode need no code.
import type { Component } from 'svelte'
import { type Job, type Schemas, send, type Summary } from '../api'
import { type Node, rootOf } from '../tree/tree'
import type { Chosen } from './chosen.svelte'

export interface ViewProps {
  job: Job
  /** HyPhy's JSON, with `null` in place of bare `inf` and `nan`. */
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

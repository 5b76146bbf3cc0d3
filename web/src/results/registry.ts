// Views of results that belong to one analysis, each loaded when it is needed.
//
// A view is a component `results/<method>.svelte` and a line in VIEWS. It is shown between the
// first line and the table, and is given `ViewProps`. It reads and writes `chosen`: whatever site
// or branch is picked in one figure is shown by the table, the tree and the other figures.
// Colours come from the tokens in style.css, so light and dark need no code.
import type { Component } from 'svelte'
import type { Job, Summary } from '../api'
import type { Chosen } from './chosen.svelte'

export interface ViewProps {
  job: Job
  /** HyPhy's JSON, with `null` for bare `inf` and `nan`. */
  result: Record<string, unknown>
  summary: Summary
  chosen: Chosen
}

export type View = Component<ViewProps>

export const VIEWS: Record<string, () => Promise<{ default: View }>> = {}

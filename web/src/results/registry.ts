// Views of results for single analyses, each loaded on demand.
//
// A view is a component `results/views/<Name>.svelte` and a line in VIEWS. It is shown between the statement and the
// table, and receives `ViewProps`. It reads and writes `chosen`: the table, the tree and the other figures show the
// site or branch that is selected in one figure. Colours come from the tokens in style.css, so light and dark mode
// need no code.
import type { Component } from 'svelte'
import type { Job, Summary } from '../api'
import type { Chosen } from './chosen.svelte'

export interface ViewProps {
  job: Job
  /** HyPhy's JSON, with `null` in place of bare `inf` and `nan`. */
  result: Record<string, unknown>
  summary: Summary
  chosen: Chosen
}

export type View = Component<ViewProps>

/** Initial sort columns, in descending order. Other tables have the order of the result. */
export const FIRST: Record<string, string> = { bgm: 'P [Site 1 <-> Site 2]' }

export const VIEWS: Record<string, () => Promise<{ default: View }>> = {
  fel: () => import('./views/Fel.svelte'),
  meme: () => import('./views/Meme.svelte'),
  slac: () => import('./views/Slac.svelte'),
  fubar: () => import('./views/Fubar.svelte'),
  'contrast-fel': () => import('./views/Contrast.svelte'),
  'contrast-meme': () => import('./views/Contrast.svelte'),
  busted: () => import('./views/Busted.svelte'),
  absrel: () => import('./views/Absrel.svelte'),
  relax: () => import('./views/Relax.svelte'),
  multihit: () => import('./views/Multihit.svelte'),
  gard: () => import('./views/Gard.svelte'),
  bgm: () => import('./views/Bgm.svelte'),
  fade: () => import('./views/Fade.svelte'),
  nrm: () => import('./views/Nrm.svelte'),
  slatkin: () => import('./views/Slatkin.svelte'),
  prime: () => import('./views/Prime.svelte'),
  leisr: () => import('./views/Leisr.svelte'),
}

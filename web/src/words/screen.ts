// Starting a screen, and following it.
import { common, number, percent, sentence } from './common'
import { roughly, span } from './time'

export const starting = {
  title: 'Screen this gene',
  text: 'Runs the usual analyses of selection, and summarises the gene, its codons and its branches in one report.',
  plan: (seconds: number) => `What will run: ${roughly(seconds)} on one processor`,
  time: (seconds: number) => sentence(roughly(seconds)),
  long: 'This takes more than a day. Use fewer sequences, or run single analyses: FUBAR and SLAC are the fastest.',
  leftOut: (reasons: string[]) => (reasons.length ? `Left out: ${reasons.join(' ')}` : 'Left out.'),
  recombination: 'Check for recombination first',
  partitions:
    'If there is recombination, analyses that support partitions analyse the segments between the breakpoints, each ' +
    'with its own tree. All branches are tested.',
  analysePartitions: 'Screen these partitions',
}

export const screens = {
  title: 'Screen',
  list: 'Screens',
  /** A screen has the name of its dataset until it gets another. */
  of: (name: string, dataset = '') =>
    dataset && dataset !== name ? `${name}: screen of ${dataset}` : `Screen of ${name}`,
  progress: (done: number, all: number) => `${number(done)} of ${number(all)} analyses`,
  /** After the progress, once a screen has ended. */
  took: (seconds: number | null) => (seconds === null ? '' : ` in ${span(seconds)}`),
  runTime: (seconds: number) => `Run time: ${span(seconds)}.`,
  elapsed: (seconds: number) => `Running for ${span(seconds)}.`,
  lost: 'The connection was lost. Reconnecting… The analyses keep running.',
  submitted: (when: string) => `Submitted ${when}.`,
  analyses: 'Analyses',
  leave: 'You can close this window; the analyses keep running. To return, bookmark this page.',
  sites: 'Codons',
  noSites: 'No analysis detected a codon under selection.',
  branches: 'Branches',
  settings: 'How the analyses were run',
  retry: 'Retry analyses without a result',
  delete: 'Delete screen',
  deleteQuestion: {
    title: 'Delete this screen?',
    text: 'Analyses that are still waiting will not start. Jobs that have started stay in the list of jobs.',
    action: 'Delete',
  },
  waits: (name: string) => `Waits for ${name}.`,
  running: (state: string, fraction: number) => `${common.status(state)} ${percent(fraction)}`,
  preliminary: (statement: string) => `Preliminary: ${statement}`,
}

export const choosingGene = {
  others: 'Upload other data',
  title: 'Screen a gene',
  text:
    'Several analyses look for selection in the whole gene, at its codons and on its branches, and one report ' +
    'summarises them. Upload an alignment of codons, or select one that you have uploaded.',
  alignment: 'Alignment of codons',
}

// Screens: starting one, following it, and its report.
import { common, listed, number, percent, sentence } from './common'
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

export const answers = {
  title: 'Answer',
  incomplete: 'Some analyses have not finished, so the answer may change.',
  several: 'Codons under positive selection by at least two analyses',
  alone: 'Codons under positive selection by one analysis',
  branches: 'Branches under positive selection',
  meaning:
    'Three kinds of evidence count: the test of the whole gene, codons that at least two analyses detect, and ' +
    'branches. Strong evidence means two or three kinds, and moderate evidence means one. Weak evidence means codons ' +
    'that only one analysis detects. Analyses of codons read the same substitutions, so their agreement is not ' +
    'independent evidence. A gene without evidence may still be under positive selection that these analyses have no ' +
    'power to detect.',
}

export const choosingGene = {
  others: 'Upload other data',
  title: 'Screen a gene',
  text:
    'Several analyses look for selection in the whole gene, at its codons and on its branches, and one report ' +
    'summarises them. Upload an alignment of codons, or select one that you have uploaded.',
  alignment: 'Alignment of codons',
}

export const settings = {
  threshold: 'Threshold',
  parameters: 'Parameters',
  partitions: 'Partitions',
  whole: 'Whole alignment',
  defaults: 'all defaults',
  /** `name`: what the analysis calls it. */
  parameter: (name: string, value: string) => `${name}: ${value}`,
  ownTree: "From the alignment's file",
  inferredTree: 'Inferred by neighbour joining',
  allBranches: 'All',
  each: 'Of each analysis',
}

export const branches = {
  title: 'Selection on branches',
  caption: (found: boolean, complete: boolean) =>
    found
      ? 'Thick branches are under positive selection; the numbers are p-values.'
      : complete
        ? 'No analysis detected positive selection on a branch.'
        : 'No branch is under positive selection so far. Not all analyses have finished.',
  mark: (value: string) => `* ${value}`,
  value: (name: string, of: string) => `${name}, ${of}`,
}

export const calls = {
  warning: (names: string[], warning: string) => `${listed(names)}: ${warning}`,
  value: (name: string, of: string) => `${name}: ${of}`,
  noBranch: 'No analysis detected selection on this branch.',
  notAnalysed: 'not analysed',
  agreement: 'Agreement',
  agree: (agree: number, all: number, direction: string | null | undefined) =>
    `${agree} of ${all}${direction ? `, ${direction}` : ''}`,
  columns: {
    codon: { name: 'codon', description: 'Number of the codon in the alignment, from 1' },
    direction: { name: 'direction', description: 'Direction of selection; empty if analyses contradict each other' },
    agree: { name: 'agree', description: 'Number of analyses that agree on a direction' },
    value: (threshold: number) => `The value that decides whether the codon is detected; the threshold is ${threshold}`,
    by: { name: 'detected by', description: 'The analyses that detect the codon' },
  },
}

export const track = {
  title: 'Selection along the gene',
  caption: 'Each row shows the codons that one analysis detects. The bars show how many analyses agree on a direction.',
  positive: 'Positive selection',
  negative: 'Negative selection',
  opposed: 'Contradictory',
  agree: 'Agree',
  codon: 'Codon',
  note: (codon: number, calls: string[]) => `Codon ${codon}: ${calls.join(', ')}`,
  nothing: 'No codon selected',
  preliminary: "* Preliminary: an estimate by the native engine. HyPhy's result will replace it.",
}

// The report of a screen.
import { listed } from './common'

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

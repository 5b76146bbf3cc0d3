// A result: the answer, its setup, the inspector and the table.
import { capital, common, number, plural } from './common'

export const results = {
  loading: 'Loading the result…',
  drawing: 'Drawing the figures…',
  notDrawn: 'The figures could not be drawn. The table below is complete.',
  notLoaded: 'The figures could not be loaded. The table below is complete. Reload the page to try again.',
  title: 'Results',
  preliminary: 'Preliminary results, native engine',
  test: (name: string) => `${name}: `,
  p: (value: string) => `p = ${value}`,
  meaning: (meaning: string) => `(${meaning})`,
  found: (name: string, role: 'site' | 'branch') => `${name}: ${role === 'site' ? 'sites' : 'branches'}`,
  showAll: (count: number) => `Show all ${number(count)}`,
  aligned: (what: string) => `Selected ${what} in the alignment`,
  noThreshold: (given: string) =>
    `The address asks for a threshold of ${given}, which is out of range for this analysis. The default is used.`,
  reading: 'Loading the alignment…',
  masked: 'Download the masked alignment',
}

export const workspace = {
  outline: 'On this page',
  show: 'Show the setup',
  close: 'Close',
  fold: 'Hide the selection',
  unfold: 'Show the selection',
}

export const facts = {
  title: 'Setup',
  size: 'Size',
  sequences: (sequences: number, what: string, sites: number | null | undefined) =>
    `${plural(sequences, 'sequence')}${sites == null ? '' : `, ${plural(sites, what)}`}`,
  tree: 'Tree',
  allOthers: 'All other branches',
  treeLabel: 'Tree with the tested branches in colour',
  tested: 'Branches tested',
  /** `trees`: the number of partitions, each with its tree. */
  branches: (count: number, trees: number) =>
    trees > 1 ? `${number(count)}, in ${number(trees)} trees` : number(count),
  untested: 'Not tested',
  set: (name: string) => `${name} branches`,
  names: 'Names',
  more: (count: number) => `and ${number(count)} more`,
  defaults: 'Defaults',
  parameters: (count: number) => plural(count, 'parameter'),
  parameter: (name: string, value: string) => `${name}: ${value}`,
  yes: 'Yes',
  no: 'No',
  engine: (name: string, version: string | null | undefined) => (version ? `${name} ${version}` : name),
  engines: { hyphy: common.engines.hyphy, native: 'Native engine' } as Record<string, string>,
}

export const thresholds = {
  label: (of: string) => `Threshold, ${of}`,
  /** The statistics that the engine names in its own way. */
  names: {
    'P [dN/dS > 1] or P [dN/dS < 1]': 'p-value of dN/dS > 1 or dN/dS < 1',
    'P [Site 1 <-> Site 2]': 'posterior probability of a pair',
    'BayesFactor[bias>0]': 'Bayes factor of a bias',
    'P-value (overall)': 'p-value over all sets',
  } as Record<string, string>,
  invalid: (most: number | null, text: string, used: number) =>
    `Enter a number ${most === null ? 'of 0 or more' : `from 0 to ${most}`}${text ? `, not ${text}` : ''}. The results shown use ${used}.`,
}

export const inspector = {
  title: 'Inspector',
  /** What a site of the analysis is. */
  what: (ofCodons: boolean) => (ofCodons ? 'codon' : 'site'),
  previous: (what: string) => `Previous ${what}`,
  next: (what: string) => `Next ${what}`,
  noSite: (what: string) => `No ${what} selected`,
  site: (what: string, site: number) => `${capital(what)} ${site}`,
  noSuchSite: (what: string, last: number) =>
    `The result has no estimates for this ${what}. Its last ${what} is ${last}.`,
  moreTaxa: (count: number) => `and ${number(count)} more`,
  clear: 'Clear',
  atSite: (what: string) => `Estimates for the ${what}`,
  ofBranch: 'Estimates for the branch',
  codons: 'Codons',
  substitutions: 'Substitutions',
  substitutionsLabel: 'Tree with the substitutions at the selected site in colour',
  nonsynonymous: (count: number) => `${number(count)} nonsynonymous`,
  synonymous: (count: number) => `${number(count)} synonymous`,
  changes: (count: number) => plural(count, 'change'),
  byEngine: '(as the analysis infers them)',
  byParsimony: '(the fewest that explain the data: parsimony)',
  change: (codons: string, aminoAcids: string) => `${codons} (${aminoAcids})`,
  characters: 'Characters',
  branch: (branch: string) => `Branch ${branch}`,
  selectBranch: 'Select a branch in a figure or in the table.',
  selectDrawn: 'Select a branch in a figure to see more of it.',
  selectAny: 'Select a codon or a branch in a figure to see more of it.',
  selectSite: (what: string) => `Select a ${what} above, in a figure or in the table.`,
}

export const tables = {
  title: 'Result table',
  filter: 'Filter',
  rows: (shown: number, all: number, detectedFirst: boolean) =>
    `${number(shown)} of ${plural(all, 'row')}${detectedFirst ? ', detected ones first' : ''}`,
  site: 'site',
  varying: (count: number, what: string) => `Hide ${plural(count, what)} without substitutions`,
  csv: 'CSV as shown',
  columns: 'Columns',
}

// Choosing an analysis.
import { first, listed, number } from './common'
import { roughly } from './time'

const DATA: Record<string, string> = {
  codon: 'a codon alignment (in frame)',
  nucleotide: 'a nucleotide alignment',
  protein: 'a protein alignment',
  by_type: 'an alignment of nucleotides, codons or amino acids',
  none: '',
}
const TREES: Record<string, string> = {
  required: 'a tree (from the file or inferred)',
  rooted: 'a rooted tree',
  none: '',
}
const BRANCHES: Record<string, string> = {
  sets: 'branch sets',
  test_and_reference: 'test branches',
  compartments: 'compartments',
}

interface Input {
  data: string
  tree: string
  branches: string
  min_sequences: number
}

export const choosing = {
  title: 'New analysis',
  loading: 'Loading the analyses…',
  change: 'Change analysis',
  question: (name: string, question: string) => `${name}: ${question}`,
  noMethod: (name: string) => `There is no analysis ${name}. Choose one below.`,
  noDataset: 'The data in this address do not exist. They may have been deleted, or belong to another session.',
  search: 'Question or name',
  data: 'Data',
  noData: 'no data yet',
  noneSelected: 'none selected',
  upload: {
    link: 'Upload data',
    after: ' to see which analyses are compatible. The details of each say what it requires.',
  },
  choose: 'Select data above to see which analyses are compatible.',
  checking: 'Checking your data…',
  start: 'Start here',
  startFor: (contents: string) => `For your ${contents}:`,
  oneByOne: 'Or answer one question at a time:',
  setUp: (name: string) => `Set up ${name}`,
  noMatch: (search: string) => `No analysis matches “${search}”.`,
  showAll: 'Show all',
  unavailable: (since: string) => `Not available on this server: requires HyPhy ${since}.`,
  details: 'Details',
  unfit: 'Not compatible with your data',
  requires: 'Requires',
  needs(input: Input | null | undefined): string {
    if (!input) return ''
    const parts = [
      DATA[input.data] ?? '',
      input.data === 'none' ? 'a tree' : (TREES[input.tree] ?? ''),
      BRANCHES[input.branches] ?? '',
    ].filter(Boolean)
    const things = input.data === 'none' ? 'leaves' : 'sequences'
    return listed(parts) + (input.min_sequences > 1 ? `; at least ${number(input.min_sequences)} ${things}` : '')
  },
  /** What is left to select in the form; empty if nothing is. */
  selection(branches: string, labels: string[]): string {
    const what = BRANCHES[branches]
    if (!what) return ''
    return labels.length && branches !== 'compartments'
      ? `The tree has the labels ${first(labels, 6)}. Use them, or select the ${what} in the form.`
      : `Select the ${what} in the form.`
  },
  takes: (seconds: number) => roughly(seconds),
  estimated: (seconds: number) => `native engine: ${roughly(seconds)}`,
}

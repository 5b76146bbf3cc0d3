// The list of datasets, and the page of one dataset.
import { number, plural } from './common'

export const data = {
  title: 'Data',
  datasets: 'Datasets',
  own: 'My datasets',
  hint: 'Select datasets to download or delete them.',
  columns: { name: 'Name', size: 'Size', created: 'Uploaded' },
  contents: 'Contents',
  none: 'No datasets yet.',
  noMatch: 'No matching datasets.',
  count: (count: number) => plural(count, 'dataset'),
  deleteQuestion: (count: number) => ({
    title: `Delete ${plural(count, 'dataset')}?`,
    text: 'This cannot be undone.',
    action: 'Delete',
  }),
  usedQuestion: (count: number) => ({
    title: count === 1 ? 'Jobs use one of these datasets' : `Jobs use ${number(count)} of these datasets`,
    text: 'Delete those jobs and their results as well?',
    action: 'Delete all',
  }),
}

export const dataset = {
  jobs: 'Jobs',
  tree: 'Branches and leaves',
  allJobs: 'All jobs of this dataset',
  title: 'Dataset',
  hasErrors: 'Correct the errors below before you run an analysis on this file.',
  format: 'Format',
  kind: 'Type',
  variable: 'Variable sites',
  identical: 'Identical sequences',
  gaps: 'Gaps',
  ambiguous: 'Ambiguous characters',
  partitions: 'Partitions',
  none: 'none',
  trees: 'Trees',
  rooted: (count: number, rooted: boolean | undefined) =>
    rooted === undefined ? number(count) : `${number(count)}, ${rooted ? 'rooted' : 'unrooted'}`,
  codes: (count: number, universal: boolean) =>
    `No stop codons before the last codon under ${plural(count, 'genetic code')}, ${universal ? 'including' : 'but not under'} the Universal code`,
  renamed: (count: number) => `${plural(count, 'name')} changed for HyPhy`,
  renamedHint: 'Results show the names from your file.',
  firstTree: (count: number) => `This is the first of ${plural(count, 'tree')}.`,
}

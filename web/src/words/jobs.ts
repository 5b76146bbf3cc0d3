// The list of jobs.
import { number, plural } from './common'

export const jobs = {
  title: 'Jobs',
  all: 'all',
  remove: 'Cancel or delete',
  compare: 'Compare',
  hint: 'Select jobs to cancel, delete, download or compare them.',
  chosen: (count: number, comparable: boolean) =>
    `${number(count)} selected${comparable ? '' : '; to compare, select two or more completed jobs'}`,
  columns: { method: 'Analysis', data: 'Data', state: 'Status', created: 'Submitted' },
  runTime: 'Run time',
  /** Of a list, such as that of the branches to test. */
  several: (count: number) => `${number(count)} selected`,
  none: 'No jobs yet.',
  noMatch: 'No matching jobs.',
  count: (count: number) => plural(count, 'job'),
  deleting: (k: number, of: number) => `Deleting ${k} of ${of}…`,
  collecting: (k: number, of: number) => `Collecting ${k} of ${of}…`,
  deleteQuestion: (count: number, unfinished: number) => ({
    title: `Delete ${plural(count, 'job')} with ${count === 1 ? 'its result and log' : 'their results and logs'}?`,
    text:
      (unfinished
        ? `${plural(unfinished, 'job')} ${unfinished === 1 ? 'has' : 'have'} not finished and will be cancelled. `
        : '') + 'The datasets are kept. This cannot be undone.',
    action: 'Delete',
  }),
}

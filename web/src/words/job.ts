// One job: how it is doing, and why it has no result.
import { common, number, percent } from './common'
import type { Schemas } from '../api'
import { span } from './time'

export const job = {
  title: 'Job',
  of: (dataset: string) => ` of ${dataset}`,
  lost: 'The connection was lost. Reconnecting… The job keeps running.',
  known: 'You have already run this analysis. This is the existing job.',
  submitted: (when: string) => `Submitted ${when}.`,
  runBy: (engine: string) => `Run by ${engine === 'hyphy' ? common.engines.hyphy : `the ${common.engines.native}`}.`,
  runTime: (seconds: number) => `Run time: ${span(seconds)}.`,
  gone: 'The job was cancelled and removed. Its datasets are kept.',
  cancel: 'Cancel job',
  cancelQuestion: {
    title: 'Cancel this job?',
    text: 'You lose its progress, and it disappears from the list of jobs. Its datasets are kept.',
    action: 'Cancel the job',
  },
  todo: 'What to do:',
  retry: 'Try again',
  change: 'Edit and rerun',
  log: 'Log',
  liveLog: 'Live log',
  logEmpty: 'The engine has not printed anything yet.',
  logEnd: 'End of the log',
}

export const watching = {
  place: (place: number) => `Number ${number(place)} in the queue.`,
  start: (start: string, end: string | null) =>
    `Estimated start: ${start}${end === null ? '' : `, estimated finish: ${end}`}.`,
  soonStarts: 'It starts as soon as a running job ends.',
  noStart: 'There is no estimate of the start yet.',
  progress: 'Progress',
  elapsed: { before: 'Running for ', after: '.' },
  finish: (when: string, seconds: number) => `Estimated finish: ${when}, in ${span(seconds)}.`,
  soon: 'It should finish soon.',
  overdue: 'It should finish soon; it has taken longer than expected.',
  noFinish: 'There is no estimate of the finish yet.',
  late: 'This job is taking longer than most jobs of this size. It is still running.',
  stages: 'Stages',
  counted: (counted: string) => `(${counted})`,
  /** A stage that this run has and that the analysis does not list. */
  otherStage: 'Further computation',
  leave: {
    before: 'You can close this window; the job keeps running. To return, bookmark this page, or open ',
    link: 'Jobs',
    after: ' in this browser.',
  },
  notify: 'Notify me',
  notifies: 'This browser will notify you when the job ends, as long as this page stays open.',
  notice: (analysis: string, state: string) => `${analysis}: ${common.status(state)}`,
  noticeText: 'The job has ended.',
}

export const sharing = {
  title: 'Sharing',
  shared: 'Anyone with this link can view this job: ',
  stop: 'Stop sharing',
  create: 'Create share link',
  hint: 'Anyone with the link can view this job and its result, and nothing else.',
  page: 'Shared job',
}

export const estimates = {
  ready: 'Preliminary: this is an estimate by the native engine.',
  replaced: "HyPhy's result will replace it.",
  final: 'HyPhy did not produce a result.',
  progress: 'Progress of the estimate',
  computing: (fraction: number) => `Estimate by the native engine: ${percent(fraction)}`,
  comparison: 'Comparison with the estimate',
  differences: 'Codons on which the engines differ',
}

/** What to do about a job without a result, by its failure code. */
export const advice: Record<Schemas['FailureCode'], string> = {
  cancelled: 'Run it again if you still need it.',
  unsuitable_data:
    'Correct the file, or choose another genetic code, tree or set of branches. Running it again unchanged will fail in the same way.',
  numerical_error:
    'Remove sequences that are almost entirely gaps or identical to others, check the ends of the alignment, and use a longer one if it has only a few codons. Unchanged, it will most likely fail again.',
  out_of_memory:
    'Use fewer sequences (first remove identical and nearly identical ones) or fewer rate classes. FUBAR and SLAC need the least memory. The administrator can allow more.',
  time_limit:
    'Test fewer branches, use fewer sequences, or choose a faster analysis (FUBAR instead of FEL or MEME). The administrator can allow more time.',
  interrupted:
    'The problem is on the server, not in your data. Run it again. If it fails again, contact the administrator.',
  engine_unavailable:
    'The problem is on the server, not in your data. Run it again later. If it fails again, contact the administrator.',
  engine_failed: 'Run it again once. If it fails again, read the end of the log below.',
}

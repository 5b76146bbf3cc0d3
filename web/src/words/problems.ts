// What happened and what to do, by the kind of problem: the last part of its `type`. The page shows the service's own
// detail beside it. tests/words.mjs compares the kinds with the API's document.
export interface Explanation {
  happened: string
  todo: string
}

const missing = (what: string): Explanation => ({
  happened: `This ${what} does not exist.`,
  todo: 'It may have been deleted, or it may belong to another session.',
})
const report = 'If it happens again, contact the administrator.'

export const problems: Record<string, Explanation> = {
  'bad-request': { happened: 'The service could not read this request.', todo: 'Correct the values named below.' },
  unauthorized: {
    happened: 'This browser has no valid session.',
    todo: 'Upload data to start one, or enter the key of an existing session.',
  },
  origin: {
    happened: 'The service accepts changes only from its own page.',
    todo: "Open the service's own address and try again.",
  },
  'no-path': { happened: 'The service has no such address.', todo: 'Check the link, or start from the home page.' },
  'no-dataset': missing('dataset'),
  'no-job': missing('job'),
  'no-screen': missing('screen'),
  'no-visualization': { happened: 'This figure does not exist.', todo: 'It was deleted, or its job was.' },
  'no-conversation': missing('conversation'),
  'no-model': {
    happened: 'This service has no assistant.',
    todo: 'Its administrator can configure a language model for it.',
  },
  'no-share': {
    happened: 'This link does not work.',
    todo: 'Sharing was stopped, the job was deleted, or the link is misspelled. Ask the person who sent it to you.',
  },
  'no-fit': {
    happened: 'This job has no fitted model.',
    todo: 'Run NRM again, and choose to keep the fitted model.',
  },
  'no-estimate': { happened: 'This job has no estimate.', todo: "Wait for HyPhy's result." },
  'no-method': { happened: 'The service does not support this action.', todo: 'Reload the page and try again.' },
  'not-complete': { happened: 'This job has no result yet.', todo: 'Wait until it has finished.' },
  conflict: { happened: 'This is not possible at the moment.', todo: 'See below what to do first.' },
  busy: { happened: 'Another request is still at work on this.', todo: 'Try again in a few seconds.' },
  host: {
    happened: 'The service does not answer at this address.',
    todo: 'Open it by the name that its administrator gave you.',
  },
  'too-slow': {
    happened: 'The connection was too slow, so the service stopped waiting.',
    todo: 'Try again, on a faster network if you can.',
  },
  'body-too-large': {
    happened: 'This request is too large.',
    todo: 'Upload large data as files, and split long lists.',
  },
  range: { happened: 'The service does not have this part of the file.', todo: 'Reload the page and try again.' },
  'too-large': { happened: 'This file is too large.', todo: 'Compress it with gzip, and upload the compressed file.' },
  'too-much-stored': {
    happened: 'Your storage is full.',
    todo: 'Delete datasets or jobs that you no longer need, and try again.',
  },
  'too-many': {
    happened: 'You have sent too many requests, or too many of your jobs are waiting.',
    todo: 'Wait a little, and try again.',
  },
  'disk-full': {
    happened: 'The service has no room for new data.',
    todo: 'Contact the administrator. You can still view, analyse and delete existing data.',
  },
  'invalid-value': { happened: 'A value or the data do not fit this analysis.', todo: 'Correct what is named below.' },
  'job-failed': {
    happened: 'This job has no result: it failed or was cancelled.',
    todo: 'Open the job to see why, and run it again from there.',
  },
  internal: {
    happened: 'Something went wrong in the service. Your data are safe.',
    todo: 'Try again. If it happens again, send the id below to the administrator.',
  },
  unavailable: {
    happened: 'Analyses are unavailable at the moment. Your uploads are kept.',
    todo: `Try again later. ${report}`,
  },
}

export const unexplained = (status: number) => `The service answered with an error (status ${status}). Try again later.`

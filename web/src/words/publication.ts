// Downloads, and what a paper says about a job.
export const downloads = {
  title: 'Download and cite',
  log: 'Log',
  all: 'Everything (ZIP)',
  researchObject: 'Research object (RO-Crate)',
  researchObjectHint:
    'A ZIP file for archives and repositories: data, parameters, command, log, result and versions, described for machines',
  collecting: 'Collecting…',
  paper: 'Methods paragraph and citations',
  copy: (what: string) => `Copy ${what}`,
  zipFailed: (reason: string) => `The ZIP file could not be written: ${reason}. Try again with fewer jobs or datasets.`,
}

// Downloads, and what a paper says about a job.
import { plural } from './common'

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

export const paragraph = {
  noVersion: '(version not stated)',
  byHyphy: (version: string, service: string) => `with HyPhy ${version} through service-datamonkey ${service}`,
  byNative: (version: string) => `with the native engine of service-datamonkey ${version}`,
  alignment: (sequences: number, size: number | null | undefined, unit: string) =>
    `an alignment of ${plural(sequences, 'sequence')}${size ? ` and ${plural(size, unit)}` : ''}`,
  tree: 'a phylogenetic tree',
  run: (analysis: string, data: string, by: string) => `${analysis} was run on ${data} ${by}.`,
  inferred: 'The tree was inferred from the alignment by neighbour joining.',
  changed: (parameters: string) => `Parameters that differ from the defaults: ${parameters}.`,
  defaults: 'All parameters had their default values.',
  /** `name`: as the form calls it. */
  parameter: (name: string, value: string) => `${name}: ${value}`,
  others: (parameters: string) => `Other main parameters: ${parameters}.`,
  threshold: (value: number, of: string) => `The threshold was ${value} (${of}).`,
  references: (references: string[]) => `References\n${references.join('\n')}\n`,
}

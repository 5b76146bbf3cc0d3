// Uploading data, and what the service says about a file.
import { first, number, plural } from './common'

export const uploads = {
  title: 'Upload data',
  drop: 'Drop files here',
  formats:
    'Drop alignments and trees here, or a folder of them: FASTA, NEXUS, PHYLIP, Clustal or Newick. Files may be ' +
    'compressed with gzip, bzip2, xz or Zstandard, or be a ZIP archive of one file.',
  choose: 'Choose files',
  example: 'Use example data',
  nothingDropped: 'There are no readable files in what you dropped. Use “Choose files” instead.',
  paste: 'Paste text',
  pasteLabel: 'Sequences or a tree',
  upload: 'Upload',
  hide: 'Hide',
  hideFile: (name: string) => `Hide ${name}`,
  again: 'You have already uploaded this file. It is stored once.',
  view: 'View',
  fitTree: 'Tree',
  ownTree: 'from the file',
  noTree: 'none',
  ownTreeUsed: 'The tree in the file is used unless you select another.',
  /** How the tree of an alignment was found, by the number of trees that match. */
  paired: {
    earlier: () => 'Paired with a tree that you uploaded earlier: its leaves match these sequences.',
    names: (fits: number) => `Paired by the names of the files: ${fits} trees match these sequences.`,
    only: () => "Paired: the tree's leaves match these sequences.",
    together: (fits: number) => `Paired with the tree that came with it: ${fits} trees match these sequences.`,
  },
  choices: (fits: number) => `${plural(fits, 'tree')} match these sequences. Select the one to use.`,
  progress: (name: string) => `Upload of ${name}`,
  cancel: 'Cancel',
  cancelled: 'You cancelled the upload.',
  interrupted: 'The upload was interrupted. Try again.',
  hasErrors: 'Correct the errors before you run an analysis on this file.',
}

/** What a file contains, in a few words. */
export const contents = {
  unreadable: 'unreadable file',
  alignment: (sequences: number, codons: number | null | undefined, sites: number) =>
    `${plural(sequences, 'sequence')} × ${codons ? plural(codons, 'codon') : plural(sites, 'site')}`,
  trees: (trees: number, leaves: number) =>
    trees > 1
      ? `${number(trees)} trees with ${plural(leaves, 'leaf', 'leaves')}`
      : `tree with ${plural(leaves, 'leaf', 'leaves')}`,
}

export const findings = {
  levels: { error: 'Error', warning: 'Warning', note: 'Note' },
  site: (site: number) => `site ${site}`,
  line: (line: number) => `line ${line}`,
  outOfFrame: {
    message: (length: number) => `The length, ${length}, is not a multiple of three, so the alignment is not in frame.`,
    remedy:
      'For codon analyses, align the sequences by codon and remove sites that are out of frame. GARD, BGM, LEISR and ' +
      'NRM also analyse nucleotides.',
  },
  stops: {
    message: 'The sequences contain stop codons under every genetic code.',
    remedy: 'Check that the alignment starts at the first position of a codon, and mask or remove the stop codons.',
  },
  otherCode: {
    message: (codes: string[]) =>
      `The sequences contain stop codons under the Universal code, but not under ${first(codes, 4)}.`,
    remedy:
      "If this is the organism's genetic code, choose it when you set up the analysis. Otherwise, check the reading " +
      'frame, and mask or remove the stop codons.',
  },
}

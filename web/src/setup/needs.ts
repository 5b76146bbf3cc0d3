// The requirements of an analysis, and whether data meet them: from /methods, /limits and reports.
import type { Method, Schemas } from '../api'
import { type Dataset, hasTree } from '../data/datasets'

type Limits = Schemas['Limits']
const DATA: Record<string, string> = {
  codon: 'a codon alignment (in frame)',
  nucleotide: 'nucleotides',
  protein: 'a protein alignment',
  by_type: 'an alignment of nucleotides, codons or proteins',
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
  compartments: 'groups of leaves',
}

export function needsOf({ input }: Method): string {
  if (!input) return ''
  const parts = [
    DATA[input.data],
    input.data === 'none' ? 'a tree' : TREES[input.tree],
    BRANCHES[input.branches],
  ].filter(Boolean)
  return `${parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts.join('')}${input.min_sequences > 1 ? `; at least ${input.min_sequences} ${input.data === 'none' ? 'leaves' : 'sequences'}` : ''}`
}

export interface Fit {
  cannot: string[]
  mind: string[]
}

/** Returns the reasons why an analysis cannot run on data, and what to consider. */
export function fitOf(method: Method, set: Dataset | undefined, tree: Dataset | undefined, limits: Limits | null): Fit {
  const [cannot, mind]: [string[], string[]] = [[], []]
  const { input } = method
  if (method.status !== 'available') cannot.push(`Not available on this server: requires HyPhy ${method.since}.`)
  if (!input) return { cannot, mind }
  const report = set?.report
  const shape = tree?.report?.tree ?? (set && hasTree(set) ? report?.tree : undefined) ?? null
  const sequences = input.data === 'none' ? (shape?.leaves ?? 0) : (report?.sequences ?? 0)
  if (input.data !== 'none' && report) {
    const { kind } = report
    if (!report.sequences) cannot.push('Requires an alignment; this file contains only a tree.')
    else if (input.data !== 'by_type' && !report.aligned)
      cannot.push('The sequences differ in length: align them first.')
    else if (input.data === 'codon' && kind !== 'codon')
      cannot.push(
        kind === 'protein'
          ? 'Requires codons; these are amino acids.'
          : report.sites % 3
            ? `Requires codons in frame; the length, ${report.sites}, is not a multiple of three.`
            : 'Requires codons in frame; the sequences contain internal stop codons.',
      )
    else if (input.data === 'nucleotide' && kind === 'protein')
      cannot.push('Requires nucleotides; these are amino acids.')
    else if (input.data === 'protein' && kind !== 'protein') cannot.push('Requires amino acids; these are nucleotides.')
    if (!input.partitions && report.partitions.length > 1)
      mind.push(`Ignores the ${report.partitions.length} partitions of the file and analyses all sites together.`)
  }
  if (set || tree) {
    if (input.tree === 'rooted' && !shape)
      cannot.push('Requires a rooted tree: upload one with the same taxa. We cannot infer one.')
    else if (input.tree === 'rooted' && !shape?.rooted)
      cannot.push('Requires a rooted tree; the root of this tree has more than two branches.')
    else if (input.data === 'none' && !shape)
      cannot.push('Requires a tree; this file contains none. Upload one, or infer one in the form of another analysis.')
    const labels = Object.keys(shape?.labels ?? {})
    const choose = {
      sets: 'the branch sets',
      test_and_reference: 'the test branches',
      compartments: 'the groups of leaves',
    }[input.branches]
    if (choose)
      mind.push(
        labels.length && input.branches !== 'compartments'
          ? `The tree has the labels ${labels.slice(0, 6).join(', ')}. Use them, or select ${choose} in the form.`
          : `Select ${choose} in the form.`,
      )
  }
  if (sequences) {
    if (sequences < input.min_sequences)
      cannot.push(
        `Requires at least ${input.min_sequences} ${input.data === 'none' ? 'leaves' : 'sequences'}; there are ${sequences}.`,
      )
    else if (input.data === 'codon' && sequences < 10 && /which sites/i.test(method.question))
      mind.push(
        `With ${sequences} sequences, there is little power to detect selection at single sites. Use ten or more.`,
      )
    const most = limits?.methods.find((one) => one.method === method.id)
    if (most?.max_sequences && sequences > most.max_sequences)
      cannot.push(`This server accepts at most ${most.max_sequences} sequences; there are ${sequences}.`)
    if (most?.max_sites && report && report.sites > most.max_sites)
      cannot.push(`This server accepts at most ${most.max_sites} sites; there are ${report.sites}.`)
  }
  return { cannot, mind }
}

/** Returns a rough estimate of the run time on one thread in seconds, or null without data. */
export function usualSeconds({ input }: Method, set: Dataset | undefined, tree: Dataset | undefined): number | null {
  const report = set?.report
  const sequences = report?.sequences || tree?.report?.tree?.leaves || 0
  if (!input || !sequences) return null
  const sites = input.data === 'none' ? 1 : input.data === 'codon' ? (report?.sites ?? 0) / 3 : (report?.sites ?? 0)
  return sites ? input.usual_seconds * (sequences / 19) ** 1.2 * (sites / 130) : null
}

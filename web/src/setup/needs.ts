// What an analysis needs, and whether data can do it: from /methods, /limits and reports.
import type { Method, Schemas } from '../api'
import { type Dataset, hasTree } from '../data/datasets'

type Limits = Schemas['Limits']
const DATA: Record<string, string> = {
  codon: 'codons in frame',
  nucleotide: 'nucleotides',
  protein: 'a protein alignment',
  by_type: 'an alignment of nucleotides, codons or proteins',
  none: '',
}
const TREES: Record<string, string> = {
  required: 'a tree (its own, or one inferred)',
  rooted: 'a rooted tree',
  none: '',
}
const BRANCHES: Record<string, string> = {
  sets: 'sets of branches',
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

/** Whether an analysis can be run on data: what speaks against it, and what to mind. */
export function fitOf(method: Method, set: Dataset | undefined, tree: Dataset | undefined, limits: Limits | null): Fit {
  const [cannot, mind]: [string[], string[]] = [[], []]
  const { input } = method
  if (method.status !== 'available') cannot.push(`This server cannot: it needs HyPhy ${method.since}.`)
  if (!input) return { cannot, mind }
  const report = set?.report
  const shape = tree?.report?.tree ?? (set && hasTree(set) ? report?.tree : undefined) ?? null
  const sequences = input.data === 'none' ? (shape?.leaves ?? 0) : (report?.sequences ?? 0)
  if (input.data !== 'none' && report) {
    const { kind } = report
    if (!report.sequences) cannot.push('It needs an alignment; this file holds a tree alone.')
    else if (input.data !== 'by_type' && !report.aligned)
      cannot.push('The sequences are not of one length: align them first.')
    else if (input.data === 'codon' && kind !== 'codon')
      cannot.push(
        kind === 'protein'
          ? 'It needs codons; these are amino acids.'
          : report.sites % 3
            ? `It needs codons in frame; the length, ${report.sites}, is not a multiple of three.`
            : 'It needs codons in frame; there are stop codons within sequences.',
      )
    else if (input.data === 'nucleotide' && kind === 'protein')
      cannot.push('It needs nucleotides; these are amino acids.')
    else if (input.data === 'protein' && kind !== 'protein') cannot.push('It needs amino acids; these are nucleotides.')
    if (!input.partitions && report.partitions.length > 1)
      mind.push(`It takes all sites as one: the ${report.partitions.length} partitions of the file are not used.`)
  }
  if (set || tree) {
    if (input.tree === 'rooted' && !shape)
      cannot.push('It needs a rooted tree: bring one of the same taxa. None is inferred.')
    else if (input.tree === 'rooted' && !shape?.rooted)
      cannot.push('It needs a rooted tree; the root of this one has more than two branches.')
    else if (input.data === 'none' && !shape)
      cannot.push('It needs a tree; this file holds none. Bring one, or infer one in the form of another analysis.')
    const labels = Object.keys(shape?.labels ?? {})
    const choose = {
      sets: 'the sets of branches',
      test_and_reference: 'the test branches',
      compartments: 'the groups of leaves',
    }[input.branches]
    if (choose)
      mind.push(
        labels.length && input.branches !== 'compartments'
          ? `The tree carries the labels ${labels.slice(0, 6).join(', ')}; you can use them or choose ${choose} in the form.`
          : `You choose ${choose} in the form.`,
      )
  }
  if (sequences) {
    if (sequences < input.min_sequences)
      cannot.push(
        `It needs at least ${input.min_sequences} ${input.data === 'none' ? 'leaves' : 'sequences'}; there are ${sequences}.`,
      )
    else if (input.data === 'codon' && sequences < 10 && /which sites/i.test(method.question))
      mind.push(`With ${sequences} sequences there is little power at single sites: ten or more are better.`)
    const most = limits?.methods.find((one) => one.method === method.id)
    if (most?.max_sequences && sequences > most.max_sequences)
      cannot.push(`This server takes at most ${most.max_sequences} sequences for it; there are ${sequences}.`)
    if (most?.max_sites && report && report.sites > most.max_sites)
      cannot.push(`This server takes at most ${most.max_sites} sites for it; there are ${report.sites}.`)
  }
  return { cannot, mind }
}

/** Seconds that a run usually takes on one thread, an order of magnitude; null where data are missing. */
export function usualSeconds({ input }: Method, set: Dataset | undefined, tree: Dataset | undefined): number | null {
  const report = set?.report
  const sequences = report?.sequences || tree?.report?.tree?.leaves || 0
  if (!input || !sequences) return null
  const sites = input.data === 'none' ? 1 : input.data === 'codon' ? (report?.sites ?? 0) / 3 : (report?.sites ?? 0)
  return sites ? input.usual_seconds * (sequences / 19) ** 1.2 * (sites / 130) : null
}

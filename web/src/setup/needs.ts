// What an analysis needs, and whether data suit it.
import { answer, api, type Method, type Schemas } from '../api'

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

export type Suitability = Schemas['MethodSuitability']

/** What the service says about running analyses on data, by id of the analysis. */
export async function suitabilities(query: {
  alignment?: string
  tree?: string
  method?: string
  genetic_code?: string
  prune?: string
  parameters?: string
}): Promise<Map<string, Suitability>> {
  const { methods } = await answer(api.GET('/methods/suitability', { params: { query } }))
  return new Map(methods.map((one) => [one.method, one]))
}

const CHOICES: Record<string, string> = {
  sets: 'the branch sets',
  test_and_reference: 'the test branches',
  compartments: 'the groups of leaves',
}

/** What the reader still has to choose in the form; empty where that is nothing. */
export function choiceIn({ input }: Method, labels: string[]): string {
  const choice = CHOICES[input?.branches ?? '']
  if (!choice) return ''
  return labels.length && input?.branches !== 'compartments'
    ? `The tree has the labels ${labels.slice(0, 6).join(', ')}. Use them, or select ${choice} in the form.`
    : `Select ${choice} in the form.`
}

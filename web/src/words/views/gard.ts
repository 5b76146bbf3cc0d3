import { listed, plural } from '../common'

export const gard = {
  analyse: 'Run an analysis on these partitions',
  preparing: 'Preparing the partitions…',
  support: 'Breakpoints along the alignment',
  supportCaption: (breakpoints: number[]) =>
    `Support for a breakpoint at each position, over all models tried. ${
      breakpoints.length
        ? `The best model has ${breakpoints.length === 1 ? 'one breakpoint' : 'breakpoints'} (bars), after ${listed(breakpoints.map(String))}.`
        : 'The best model has no breakpoint.'
    }`,
  nucleotide: 'Nucleotide',
  supportLabel: 'Support',
  bestBreakpoint: 'Breakpoint in the best model',
  noBreakpoint: 'No breakpoint',
  breakpoints: (count: number) => plural(count, 'breakpoint'),
  steps: 'AICc by number of breakpoints',
  stepsHint: 'Lower is better. The search ends when the AICc stops falling.',
  model: 'Model',
  best: (model: string) => `${model} (best)`,
  tree: (from: number, to: number) => `Tree of nucleotides ${from} to ${to}`,
  treeCaption: (number: number, all: number) =>
    `Segment ${number} of ${all}. Leaves follow the order of the first tree as far as possible. The tools change all trees.`,
  length: 'length',
}

// The form of an analysis.
import { first, number, plural } from './common'
import { roughly } from './time'

const branches = (count: number) => plural(count, 'branch', 'branches')

export const setup = {
  restored: 'Your last choices for this analysis are restored.',
  reset: 'Start over',
  severalTrees: (trees: number) =>
    `The alignment has partitions with ${number(trees)} trees. This is the first. In the others, the branches are tested that divide the sequences in the same way.`,
  otherTrees: 'Trees with another number of leaves',
  step: (step: number, title: string) => `${step}. ${title}`,
  steps: {
    data: 'Data',
    branches: 'Branches',
    branchSets: 'Branch sets',
    compartments: 'Compartments',
    options: 'Options',
  },
  choose: 'select',
  requiredTree: 'select a tree (required)',
  rootedTree: 'from the alignment file (must be rooted)',
  anyTree: 'from the alignment file, otherwise neighbour joining',
  infer: 'Infer a tree now',
  inferHint: 'By neighbour joining. You can then select branches in the tree.',
  inferring: 'Inferring a tree…',
  /** What happens without a selection, by how the analysis takes branches. */
  omitted: {
    tested: 'If you select none, all branches are tested.',
    test_and_reference: 'If you select only test branches, all others are reference branches.',
    sets: 'A single set is compared with all other branches.',
  } as Record<string, string>,
  fromLabels: 'These branches have labels in the tree.',
  labelsApply: 'If you select none, the labels Test and Reference in the tree apply.',
  needsSet: 'Select the branches of at least one set.',
  needsTest: 'Select the test branches: no branches in the tree are labelled Test.',
  setName: (number: number) => `Name of set ${number}`,
  newSet: (number: number) => `Set_${number}`,
  addSet: 'Add a set',
  remove: 'Remove',
  removeSet: (name: string, number: number) => `Remove ${name || `set ${number}`}`,
  needsTree: 'Select or infer a tree to select branches.',
  advanced: 'Advanced options',
  mail: 'Email when the job ends',
  webhook: 'Notify another program (webhook)',
  webhookUrl: 'Address of the program',
  webhookHint: 'A public https address (URL). When the job ends, the service sends the job to it.',
  summary: 'Summary',
  notSelected: 'not selected',
  ownTree: "from the alignment's file",
  inferredTree: 'inferred by neighbour joining',
  branches,
  allBranches: (count: number | null) => (count === null ? 'all' : `all ${number(count)}`),
  testedBranches: 'Branches to test',
  start: 'Start',
  reopens: 'If you have run the same analysis before, its job opens.',
  unfit: 'The data do not fit this analysis. See the messages beside the fields.',
  invalid: 'A value above is invalid. See the message beside its field.',
}

export const expectations = {
  noData: 'Select data to see an estimate of the run time.',
  time: (seconds: number) => `Estimated run time: ${roughly(seconds)} on one processor.`,
  place: (place: number) =>
    place === 1 ? 'No jobs are waiting.' : `Your job would be number ${number(place)} in the queue.`,
  own: (waiting: number, running: number) =>
    waiting
      ? `${number(waiting)} of your jobs ${waiting === 1 ? 'is' : 'are'} waiting before this one.`
      : running
        ? `${number(running)} of your jobs ${running === 1 ? 'is' : 'are'} running, and none is waiting.`
        : 'You have no waiting or running jobs.',
  unknown: 'The service does not say how long its queue is. Try again in a moment.',
}

export const fields = {
  inApi: (name: string) => `In the API: ${name}`,
  none: 'none',
  byDefault: (value: string) => `${value} (default)`,
  unsupported: (since: string) =>
    `The HyPhy of this server does not support this parameter. It requires HyPhy ${since}.`,
  more: (count: number) => `${plural(count, 'more problem')} with this field`,
  value: (range: string, value: string) => `${range} You entered ${value}.`,
  number: 'A number.',
  range(whole: boolean, minimum: string | null, maximum: string | null): string {
    if (minimum === null && maximum === null) return ''
    const ends = `${minimum === null ? '' : ` from ${minimum}`}${maximum === null ? '' : ` to ${maximum}`}`
    return `${whole ? 'A whole number' : 'A number'}${ends}.`
  },
  pattern: (reason: string) => `Invalid regular expression: ${reason}.`,
}

export const engines = {
  choices: {
    hyphy: 'HyPhy (reference)',
    native: 'Native (seconds instead of minutes)',
  } as Record<string, string>,
  unavailable: (name: string) => `${name}: not available on this server`,
  hint: 'The program that computes the result. Both engines use the same models and tests.',
  lacks: (parameters: string[]) => `The native engine supports only the defaults of ${parameters.join(', ')}.`,
}

export const branchSets = {
  set: 'Set',
  all: 'All',
  leaves: 'Leaves',
  internal: 'Internal',
  label: (label: string) => `Label ${label}`,
  none: 'None',
  testAll: 'Clear (test all)',
  undo: 'Undo',
  clades: 'Select whole clade',
  byName: 'Select by name',
  pattern: 'name or pattern',
  select: 'Select',
  noMatch: 'No matching names.',
  matches: (count: number) => `${plural(count, 'match', 'matches')}.`,
  selected: (count: number) => `${branches(count)} selected.`,
  lists: 'Select from a list, or use a saved selection',
  names: 'Names',
  namesHint: 'Enter one name per line, or separate names with commas.',
  unknown: (names: string[]) => `Not in the tree: ${first(names, 5)}.`,
  selectNames: 'Select these names',
  saveAs: 'Save the selection as',
  save: 'Save',
  forget: 'Forget',
  forgetOne: (name: string) => `Forget ${name}`,
  tree: 'Select branches',
  labelled: (letter: string, name: string, count: number) => `${letter}. ${name}: ${number(count)}`,
  saved: (name: string, count: number) => `${name}: ${number(count)}`,
}

export const compartments = {
  title: 'Compartments',
  name: 'Name',
  matching: 'Leaves matching',
  pattern: 'name or pattern',
  leaves: (count: number) => plural(count, 'leaf', 'leaves'),
  remove: 'Remove',
  removeOne: (name: string, number: number) => `Remove ${name || `compartment ${number}`}`,
  add: 'Add a compartment',
  noneLeft: 'All matching leaves are already in a compartment above, or there are none.',
  outside: (names: string[]) => `Not in any compartment: ${first(names, 5)}. Every leaf must be in a compartment.`,
  needsTree: 'Select a tree to select its leaves.',
}

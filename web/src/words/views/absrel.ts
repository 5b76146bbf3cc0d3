import { plural } from '../common'

export const absrel = {
  tree: (partition: number | null) => `ω classes on the tree${partition === null ? '' : `, partition ${partition}`}`,
  treeCaption: (selected: boolean, threshold: number) =>
    `Colours show the ω classes of each branch, in proportion to their weights. Tested branches are thick. ${
      selected
        ? `Asterisks mark branches under selection at a corrected p ≤ ${threshold}; the others are pale.`
        : `No branch is under selection at a corrected p ≤ ${threshold}.`
    } Open circles mark branches of length 0.`,
  mark: (p: string) => `* p = ${p}`,
  correctedP: 'corrected p',
  notTested: 'not tested',
  omega: 'omega',
  legend: (range: string | undefined) => `ω ${range}`,
  distributions: 'ω distributions of tested branches',
  distributionsCaption: (shown: number, tested: number) =>
    shown < tested
      ? `The ${shown} of ${plural(tested, 'tested branch', 'tested branches')} with the lowest p-values.`
      : 'All tested branches, from the lowest p-value to the highest.',
  row: (branch: string, p: string) => `${branch}, corrected p = ${p}`,
}

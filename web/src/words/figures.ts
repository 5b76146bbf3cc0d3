// What figures have in common: their frame, axes, legends and tools.
import { number, plural } from './common'

export const figures = {
  codon: 'Codon',
  site: 'Site',
  branch: 'Branch',
  rate: 'Rate',
  rateSqrt: 'Rate (√ scale)',
  log: (label: string) => `${label} (log scale)`,
  minusLogP: '−log₁₀ p',
  pByCodon: 'P-values by codon',
  ratesByCodon: 'α and β by codon',
  atThreshold: (symbol: string, threshold: number) => `${symbol} = ${threshold}`,
  diversifying: 'Diversifying',
  purifying: 'Purifying',
  detected: (label: string) => `${label}, detected`,
  notSignificant: 'Not significant',
  tested: 'Tested',
  untested: 'Not tested',
  nothing: 'Nothing selected',
  noSite: 'No site selected',
  mean: 'mean',
  none: 'none',
}

/** The frame of a figure. */
export const frame = {
  svg: (title: string) => `SVG of ${title}`,
  png: (title: string) => `PNG of ${title}`,
  pdf: (title: string) => `PDF of ${title}`,
  newick: (title: string) => `Newick of ${title}`,
  nexus: (title: string) => `NEXUS of ${title}`,
  width: (title: string) => `File width for ${title}`,
  widths: { 180: 'two columns', 85: 'one column' } as Record<number, string>,
  millimetres: (millimetres: number, columns: string) => `${millimetres} mm (${columns})`,
  notDrawn: 'The figure has not been drawn yet. Try again in a moment.',
  tooLarge: 'The figure is too large for PNG. Download it as SVG.',
}

export const histograms = {
  title: 'Distribution of rates over sites',
  caption: 'Number of sites in each range of rates. Rates of 0 have their own bar.',
  sites: 'Sites',
  replicates: 'Replicates',
  observed: (value: number) => `Observed: ${number(value)}`,
  bar: (label: string, range: string, count: number) => `${label} ${range}: ${plural(count, 'site')}`,
}

export const modelFit = {
  title: 'Model fit',
  caption: 'A lower AICc indicates a better model.',
  label: 'ΔAICc from the best model (AICc in parentheses)',
  tests: 'Tests between models',
  logL: (value: string) => `(log L ${value})`,
  p: (value: string) => `p = ${value}`,
}

export const weights = {
  weight: (weight: string) => `Weight ${weight}`,
  class: (symbol: string, rate: string, weight: string) => `${symbol} ${rate} with weight ${weight}`,
  axis: (symbol: string) => `${symbol} (log scale); taller bars have larger weights`,
  highest: (weight: string, x: string, y: string) => `The highest weight, ${weight}, is at ${x}, ${y}.`,
}

export const plots = {
  capped: (value: string, cap: string) => `${value}, drawn at ${cap}`,
  quantity: (name: string) => `, ${name} = `,
  interval: (low: string, high: string) => ` (${low} to ${high})`,
}

export const pairs = {
  site: (site: number) => `Site ${site}`,
  and: (from: number, to: number) => `${from} and ${to}`,
  with: (from: number, to: number, probability: string) => `${from} with ${to}: ${probability}`,
  above: 'At or above the threshold',
  below: 'Below (dashed)',
}

export const evidence = {
  title: (partition: number | null) =>
    `Evidence by branch and codon${partition === null ? '' : `, partition ${partition}`}`,
}

export const substitutions = {
  /** While no codon is selected. */
  unchosen: (busiest: boolean) =>
    `No codon is selected, so this is the one with the ${busiest ? 'most changes' : 'strongest evidence'}. `,
  title: (codon: number) => `Substitutions at codon ${codon}`,
  caption: (count: number) =>
    `${plural(count, 'branch', 'branches')} ${count === 1 ? 'changes' : 'change'} at this codon, according to the most likely ancestral states. Labels show amino acids for nonsynonymous changes and codons for synonymous ones. Tested branches are thick.`,
  nonsynonymous: 'Nonsynonymous',
  synonymous: 'Synonymous',
  unchanged: 'No change',
}

/** The figures of an analysis without a view of its own. */
export const usual = {
  bySite: (columns: string[]) => `${columns.join(', ')} by site`,
  sites: 'Coloured marks are sites detected at the threshold.',
  whole: 'Estimates for the whole alignment',
  fractions: 'Numbers in parentheses are fractions of sites or branches.',
  estimate: 'Estimate',
}

/** The figures of contrast-FEL and contrast-MEME. */
export const contrast = {
  tests: 'P-values and q-values by codon',
  testsCaption:
    'Tests for differences in selection between the branch sets. q-values control the false discovery rate.',
  pOrQ: '−log₁₀ p or q',
  permutation: 'Permutation p',
  rates: 'Rates by branch set and codon',
  ratesCaption: 'All sets share α. The marks for a codon are side by side. Arrows mark rates above 10.',
  difference: (set: string, other: string) => `β ${set} − β ${other}`,
  differences: 'Differences in β between branch sets',
  differencesCaption: (mixed: boolean) =>
    `Above 0, the set named first has the higher rate${mixed ? '; if a set has two rates, this is their mean over branches' : ''}. Coloured codons are detected at the threshold. Arrows mark differences beyond 10.`,
  differenceLabel: 'Difference in β (√ scale)',
  noDifference: 'no difference',
  sets: 'Branch sets',
  setsCaption: 'Background branches are grey.',
}

export const multihit = {
  tests: 'Likelihood ratio tests.',
  rates: 'Rates of multiple substitutions',
  ratesCaption: 'Relative to single substitutions, in the model with double and triple substitutions.',
  /** HyPhy's name of a rate, shortened. */
  rate: (name: string) =>
    name.replace('rate at which ', '').replace(' are changed instantly within a single codon', ' at once'),
  evidence: 'Evidence ratios by codon',
  evidenceCaption:
    'The likelihood of the codon with multiple substitutions, divided by its likelihood without. Values above 1 support multiple substitutions.',
  evidenceLabel: 'Evidence ratio (log scale)',
}

export const fubar = {
  posterior: 'Posterior probability by codon',
  posteriorCaption: 'Posterior probability of positive (β > α) and negative (β < α) selection.',
  probability: 'Posterior probability',
  rates: 'Posterior mean rates by codon',
  ratesCaption: 'Nonsynonymous rate β above the axis, synonymous rate α below.',
  weightsAt: (codon: number) => `Posterior weights at codon ${codon}`,
  weights: 'Posterior weights over all codons',
  weightsCaption:
    'Weight of each pair of rates in the grid, relative to a uniform distribution. Cells above the line have β > α. Select a codon to see its weights.',
  distribution: 'Distribution of posterior mean rates',
}

export const slac = {
  ambiguous: 'Ambiguous codons',
  averaged: 'averaged',
  resolved: 'resolved',
  neither: 'Neither',
  difference: 'dN − dS by codon',
  differenceCaption: 'Lines show the 95% range over sampled ancestral states, if they were sampled.',
  pCaption: 'Two binomial tests for each codon: dN > dS, and dN < dS.',
  counts: 'Substitutions by codon',
  countsCaption: 'Nonsynonymous substitutions above the axis, synonymous substitutions below.',
  substitutions: 'Substitutions',
}

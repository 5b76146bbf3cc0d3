export const fel = {
  pCaption:
    'At codons on or above the line, the two rates differ significantly. Upward triangles: β > α; downward triangles: β < α.',
  ratesCaption:
    'Nonsynonymous rate β above the axis, coloured by class; synonymous rate α below. Arrows mark rates above 10.',
  beta: (kind: string) => `β, ${kind.toLowerCase()}`,
  neutral: 'Not significant',
  invariable: 'No substitutions',
  dnds: 'dN/dS by codon, with confidence intervals',
  dndsCaption: 'Arrows mark estimates above 10.',
  dndsLabel: 'dN/dS (√ scale)',
  resampled: 'Bootstrap and asymptotic p-values',
  resampledCaption: 'Where the two disagree, rely on the bootstrap.',
  bootstrap: 'Bootstrap',
  asymptotic: 'Asymptotic (χ²)',
  ratesNote: 'Codons with a synonymous rate of 0 have no dN/dS.',
}

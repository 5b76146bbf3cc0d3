export const prime = {
  pCaption: 'Tests whether any amino acid property matters at the codon.',
  properties: 'P-values by property and codon',
  propertiesCaption:
    'Blue: λ is positive, and the property is conserved. Orange: λ is negative, and the property changes. Select a codon to see λ and p.',
  property: 'Property',
  grades: ['changes, p ≤ 0.01', '≤ 0.05', '≤ 0.1', 'p > 0.1', 'conserved, p ≤ 0.1', '≤ 0.05 ', '≤ 0.01'],
  cell: (lambda: string, p: string) => `λ ${lambda}, p ${p}`,
  ratesCaption: 'Rates in the model without amino acid properties. Arrows mark rates above 10.',
}

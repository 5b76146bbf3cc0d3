export const nrm = {
  tests: 'Likelihood ratio tests between nested models.',
  rates: (model: string) => `Rates of ${model}`,
  ratesCaption: 'From the base in the row to the base in the column.',
  from: 'From',
  to: 'To',
  base: 'Base',
  frequencies: 'Base frequencies',
  frequenciesCaption: 'At equilibrium in each model, and at the root.',
  equilibrium: (model: string) => `${model}, equilibrium`,
  root: (model: string) => `${model}, root`,
}

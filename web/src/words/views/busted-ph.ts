export const bustedPh = {
  title: 'ω distributions of the models',
  caption:
    'Rate classes and their weights. The tests compare the unconstrained model with each of the others: without ' +
    'positive selection on the branches with the trait, without it on the other branches, and with the same ' +
    'distribution on all branches.',
  models: {
    'Unconstrained model': 'Unconstrained',
    'Constrained model': 'No positive selection with the trait',
    'Constrained model on background': 'No positive selection without the trait',
    'Same distributions model': 'Same distribution',
  } as Record<string, string>,
  sets: { Test: 'branches with the trait', Background: 'other branches' } as Record<string, string>,
  all: 'all branches',
  row: (model: string, set: string) => `${model}: ${set}`,
}

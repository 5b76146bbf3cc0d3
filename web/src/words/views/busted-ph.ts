export const bustedPh = {
  title: 'ω distributions of the models',
  caption:
    'Rate classes and their weights. The tests compare the unconstrained model with each of the others: without ' +
    'positive selection on the tested branches, without it on the background branches, and with the same ' +
    'distribution on all branches.',
  models: {
    'Unconstrained model': 'Unconstrained',
    'Constrained model': 'No positive selection on tested branches',
    'Constrained model on background': 'No positive selection on background branches',
    'Same distributions model': 'Same distribution',
  } as Record<string, string>,
  sets: { Test: 'tested branches', Background: 'background branches' } as Record<string, string>,
  all: 'all branches',
  row: (model: string, set: string) => `${model}: ${set}`,
}

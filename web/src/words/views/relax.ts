export const relax = {
  k: (group: string) => (group === 'K' ? 'K' : `K, ${group}`),
  models: {
    'RELAX null': 'Null model, K = 1',
    'RELAX alternative': 'Alternative model',
    'RELAX partitioned descriptive': 'Partitioned descriptive model',
  },
  classes: 'ω classes of test and reference branches',
  classesCaption:
    'A line joins the same class in both sets; its weight is in parentheses. K above 1 moves the ω values of the test branches away from 1 (intensified selection). K below 1 moves them towards 1 (relaxed selection).',
  tree: 'k of each branch',
  treeCaption:
    'From the general descriptive model: k above 1 means intensified selection, below 1 relaxed selection. Test branches are thick, reference branches are of medium width.',
  legend: (range: string | undefined) => `k ${range}`,
  sets: 'Test and reference branches',
  setsCaption: 'The general descriptive model was not fitted, so branches have no k values. Test branches are thick.',
  test: 'Test',
  reference: 'Reference',
}

export const slatkin = {
  migrations: 'Migrations',
  null: 'Migrations, observed and under two null distributions',
  nullCaption:
    'Panmictic: leaves are shuffled over the whole tree. Structured: leaves are shuffled within well-supported clades.',
  panmictic: 'Panmictic',
  structured: 'Structured',
  tree: 'Compartments on the tree',
  treeCaption:
    'Branches have the colour of the compartment below them. Labels show the migrations in one most parsimonious history.',
  compartment: 'compartment',
  unknown: 'unknown',
}

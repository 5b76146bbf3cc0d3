// One small job for every analysis, run by the real engine: what the tests of the views draw.
import { Patience } from './patience.mjs'
import { fasta, simulate, translate } from './simulate.mjs'

const label = (name) => (name.startsWith('taa') ? '{Test}' : name.startsWith('tba') ? '{Reference}' : '')
const omega = (name, site) => (site % 6 === 1 ? (name.length === 4 ? 6 : 1) : site % 6 === 4 ? 0 : 0.3)
const { sequences, newick } = simulate(3, 7, 18, omega)
const labelled = simulate(3, 7, 18, omega, label).newick
const gene = fasta(sequences)
const protein = fasta(sequences, translate)
// Two trees along one alignment: what GARD looks for.
const left = simulate(3, 11, 24, () => 0.6).sequences
const right = simulate(3, 12, 24, () => 0.6).sequences
const swapped = ['taaa', 'tbaa', 'taab', 'tbab', 'taba', 'tbba', 'tabb', 'tbbb']
const recombinant = fasta(left.map(([name, codons]) => [name, [...codons, ...right[swapped.indexOf(name)][1]]]))
const few = simulate(2, 7, 3, () => 0.5)

const data = {
  codon: [gene, newick],
  labelled: [gene, labelled],
  protein: [protein, newick],
  recombinant: [recombinant, null],
  tiny: [fasta(few.sequences), few.newick],
  tree: [null, newick],
}

const METHODS = {
  fel: ['codon', { ci: true }],
  meme: ['codon', {}],
  slac: ['codon', { samples: 10 }],
  fubar: ['codon', { grid_points: 8 }],
  'contrast-fel': ['labelled', { branch_sets: ['Test', 'Reference'] }],
  busted: ['codon', { rates: 2, syn_rates: 2, grid_size: 20, starting_points: 1 }],
  absrel: ['codon', {}],
  relax: ['labelled', { models: 'All', rates: 2, grid_size: 20 }],
  multihit: ['codon', { rate_classes: 1 }],
  gard: ['recombinant', { run_mode: 'Faster', max_breakpoints: 2 }],
  bgm: ['codon', { steps: 2000, burn_in: 200, samples: 100, min_subs: 1 }],
  fade: ['protein', { model: 'JC69', grid_points: 5 }],
  nrm: ['codon', {}],
  slatkin: [
    'tree',
    {
      groups: 2,
      replicates: 100,
      compartment_definitions: [
        { description: 'first', regexp: '^ta' },
        { description: 'second', regexp: '^tb' },
      ],
    },
  ],
  prime: ['tiny', { branches: ['Leaves'] }],
  'contrast-meme': ['labelled', { branch_sets: ['Test', 'Reference'], srv: 'No', permutations: 'No' }],
  leisr: ['protein', { data_type: 'Protein', protein_model: 'WAG', rate_variation: 'Gamma' }],
}

/** Runs them all; ids of completed jobs by method, with the session's token. */
export async function run(address, only = Object.keys(METHODS)) {
  const api = `${address}/api/v1`
  let token = ''
  const ask = async (path, init = {}) => {
    const headers = { ...init.headers, ...(token && { Authorization: `Bearer ${token}` }) }
    const response = await fetch(api + path, { ...init, headers })
    token ||= response.headers.get('X-Session-Token') ?? ''
    const answer = await response.json()
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  const uploaded = new Map()
  const upload = async (text) => {
    if (!uploaded.has(text)) {
      const form = new FormData()
      form.append('meta', '{"type":"test"}')
      form.append('file', new Blob([text]), 'data')
      uploaded.set(text, (await ask('/datasets', { method: 'POST', body: form })).id)
    }
    return uploaded.get(text)
  }
  const ids = {}
  for (const method of only) {
    const [name, parameters] = METHODS[method]
    const [alignment, tree] = data[name]
    const body = {
      ...parameters,
      ...(alignment && { alignment: await upload(alignment) }),
      ...(tree && { tree: await upload(tree) }),
    }
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    ids[method] = (await ask(`/methods/${method}-start`, init)).job_id
  }
  for (const [method, id] of Object.entries(ids)) {
    const patience = new Patience(`the end of ${method}`)
    let job = await ask(`/jobs/${id}`)
    while (!['completed', 'failed', 'cancelled'].includes(job.state)) {
      patience.look(JSON.stringify([job.state, job.progress]))
      job = await ask(`/jobs/${id}?wait=1`)
    }
    if (job.state !== 'completed') throw new Error(`${method}: ${job.error_message}`)
  }
  return { ids, token, ask }
}

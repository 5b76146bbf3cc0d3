// Alignments and trees of datasets, as the service reads them.
import { answer, api } from '../api'
import { type Node, rootOf } from '../tree/tree'

/** The first tree of a dataset, without the leaves that `prune` removes; null if the dataset contains none. */
export async function firstTree(id: string, prune?: string, alignment?: string): Promise<Node | null> {
  const query = prune ? { prune, alignment } : {}
  const path = { dataset_id: id }
  const { trees } = await answer(api.GET('/datasets/{dataset_id}/trees', { params: { path, query } }))
  return trees[0] ? rootOf(trees[0]) : null
}

const part = (id: string, query: Record<string, unknown>) =>
  answer(api.GET('/datasets/{dataset_id}/alignment', { params: { path: { dataset_id: id }, query } }))

/** The names of an alignment's sequences, in the order of the file. */
export async function namesIn(id: string): Promise<string[]> {
  return (await part(id, { max_sites: 0 })).rows.map(({ name }) => name)
}

/** Rows and columns of a block that is loaded at once. */
const ROWS = 200
const COLUMNS = 3000

/** An alignment whose residues are loaded in blocks, when they are looked at. */
export class AlignmentView {
  #blocks = new Map<string, string[] | null>()
  private constructor(
    readonly id: string,
    readonly names: string[],
    readonly sites: number,
    /** Called after a block has arrived. */
    public loaded: () => void = () => {},
  ) {}

  static async open(id: string): Promise<AlignmentView> {
    const { rows, sites } = await part(id, { max_sites: 0 })
    const names = rows.map(({ name }) => name)
    return new AlignmentView(id, names, sites)
  }

  /** Residues of a row from a column on, both counted from 0; empty while they are loading. */
  residues(row: number, from: number, to: number): string {
    let text = ''
    for (let column = from; column < to;) {
      const end = Math.min(to, (Math.floor(column / COLUMNS) + 1) * COLUMNS)
      const block = this.#block(Math.floor(row / ROWS), Math.floor(column / COLUMNS))
      if (!block) return ''
      const start = column - Math.floor(column / COLUMNS) * COLUMNS
      text += block[row % ROWS]?.slice(start, start + end - column) ?? ''
      column = end
    }
    return text
  }

  #block(row: number, column: number): string[] | null {
    const key = `${row} ${column}`
    const known = this.#blocks.get(key)
    if (known !== undefined) return known
    this.#blocks.set(key, null)
    part(this.id, {
      first_sequence: row * ROWS + 1,
      max_sequences: ROWS,
      first_site: column * COLUMNS + 1,
      max_sites: COLUMNS,
    }).then(
      ({ rows }) => {
        this.#blocks.set(
          key,
          rows.map(({ residues }) => residues),
        )
        this.loaded()
      },
      // It is asked for again when it is next looked at.
      () => this.#blocks.delete(key),
    )
    return null
  }

  /** Positions where the sequences differ, counted from 0. */
  async variable(unit: 'sites' | 'codons'): Promise<number[]> {
    const { variable } = await part(this.id, { max_sequences: 0, variable: unit })
    return (variable ?? []).map((position) => position - 1)
  }
}

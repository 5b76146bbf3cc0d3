// The words that several parts of the page share. The other modules here have those of one part each.
//
// One term per thing, on the whole page:
//
// | term                     | meaning                                                                      |
// |--------------------------|------------------------------------------------------------------------------|
// | dataset                  | an uploaded file, or a tree that the service inferred                        |
// | alignment, tree          | what a dataset contains                                                      |
// | sequence, leaf           | a row of an alignment; the end of a tree, which has the same name            |
// | codon                    | a column of a codon alignment                                                |
// | site                     | a column of any other alignment, or of any alignment                         |
// | branch                   | the line above a node, named after that node; leaf and internal branches     |
// | tested branches          | those that an analysis tests; the others are background branches             |
// | test, reference branches | the two sets that RELAX compares                                             |
// | branch set               | a named set of branches                                                      |
// | compartment              | a group of leaves, for Slatkin-Maddison                                      |
// | analysis                 | a statistical method, such as FEL. "Methods" is only the section of a paper  |
// | engine                   | the program that runs an analysis: HyPhy or the native engine                |
// | job                      | one run of an analysis; its status is queued, running, completed …           |
// | result                   | what a job computed                                                          |
// | estimate                 | the native engine's preliminary result                                       |
// | detected                 | said of a site, branch or pair that passes the threshold                     |
// | screen                   | a set of analyses of one alignment, with one report                          |
// | session, session key     | the owner of data and jobs, and what gives access to it                      |
// | share link               | a link that shows one job to anyone                                          |
// | nonsynonymous            | without a hyphen, as in HyPhy                                                |
//
// British spelling. An ellipsis follows its word without a space, and so does a percent sign. Buttons say what they do.

/** A number with its thousands separated. */
export const number = (value: number) => value.toLocaleString('en')

/** A number and its noun: `1 site`, `1,200 sites`. */
export const plural = (count: number, one: string, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`

/** Items in a sentence: `a`, `a and b`, `a, b and c`. */
export const listed = (items: string[]) =>
  items.length > 1 ? `${items.slice(0, -1).join(', ')} and ${items.at(-1)}` : items.join('')

/** The first items of a long list: `a, b and 3 more`. */
export const first = (items: string[], most: number) =>
  items.length > most ? `${items.slice(0, most).join(', ')} and ${items.length - most} more` : items.join(', ')

/** A text as a sentence: with a capital letter and a full stop. */
export const sentence = (text: string) => `${capital(text)}${/[.!?]$/.test(text) ? '' : '.'}`
export const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

/** A fraction as a whole percentage. */
export const percent = (fraction: number) => `${Math.round(fraction * 100)}%`

const STATUS: Record<string, string> = { submitting: 'starting', refused: 'not run' }

export const common = {
  name: 'Datamonkey',
  /** The title of the browser's window. */
  titled: (...parts: string[]) => [...parts.filter(Boolean), 'Datamonkey'].join(' · '),
  loading: 'Loading…',
  starting: 'Starting…',
  print: 'Print or save as PDF',
  copied: 'Copied.',
  copyFailed: 'Your browser does not allow copying. Select the text and copy it.',
  unreachable: 'The service cannot be reached. Nothing is lost, and your jobs keep running. Try again.',
  status: (state: string) => STATUS[state] ?? state,
  search: 'Search',
  delete: 'Delete',
  download: 'Download (ZIP)',
  selected: (count: number) => `${number(count)} selected`,
  selectAll: (count: number) => `Select all ${number(count)}`,
  select: (name: string) => `Select ${name}`,
  alignment: 'Alignment',
  tree: 'Tree',
  analysis: 'Analysis',
  data: 'Data',
  statusLabel: 'Status',
  result: 'Result',
  engine: 'Engine',
  /** After the name of an analysis. */
  by: (engine: string) => ` (${engine})`,
  engines: { hyphy: 'HyPhy', native: 'native engine' } as Record<string, string>,
  geneticCode: 'Genetic code',
  runAnalysis: 'Run an analysis',
  methods: 'Methods',
  references: 'References',
  copyMethods: 'Copy Methods',
}

/** The pages of a long table. */
export const paging = {
  previous: 'Previous',
  next: 'Next',
  page: (page: number, pages: number, what: string) => `Page ${page} of ${pages}${what && ` (${what})`}`,
}

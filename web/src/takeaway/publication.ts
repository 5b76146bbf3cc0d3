// Texts for a publication about a job: the Methods paragraph and BibTeX.
import type { Health, Job, Method, Summary } from '../api'
import { thresholdName } from '../results/read'
import { paragraph } from '../words/publication'

/** The publication about HyPhy. Analyses without their own publication cite it. */
const HYPHY = '10.1093/molbev/msz197'

/** The publications to cite: those of the analysis and of HyPhy. */
export const papers = (method: Method, all: Method[]): Method[] =>
  [method, all.find((other) => other.doi === HYPHY)].filter(
    (paper, k, list): paper is Method => !!paper && list.findIndex((p) => p?.doi === paper.doi) === k,
  )

/** The service's current version of HyPhy. Some results do not contain the version that created them. */
export const hyphyOf = (health: Health): string => health.details.engine_version ?? paragraph.noVersion

/** Whether a value is the default, as which an empty list counts. */
export const isDefault = (value: unknown, initial: string | null | undefined) =>
  Array.isArray(value)
    ? value.length === 0
    : String(value) === (initial ?? '') || Number(value) === Number(initial ?? NaN)

function said(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  return value
    .map((item) =>
      typeof item === 'object' && item
        ? Object.values(item as object)
            .map((part) => (Array.isArray(part) ? `(${part.join(', ')})` : String(part)))
            .join(' ')
        : String(item),
    )
    .join(', ')
}

/** What ran the analysis. The native engine is part of the service. */
const by = ({ engine, engine_version, hyphy_version }: Summary, health: Health): string =>
  engine === 'native'
    ? paragraph.byNative(engine_version ?? health.details.version)
    : paragraph.byHyphy(hyphy_version ?? hyphyOf(health), health.details.version)

export function methodsText(job: Job, summary: Summary, method: Method, all: Method[], health: Health): string {
  const parameters = method.parameters.filter(
    (p) => !['alignment', 'tree'].includes(p.name) && p.name in job.parameters,
  )
  const differ = parameters.filter((p) => !isDefault(job.parameters[p.name], p.default))
  const rest = parameters.filter((p) => !p.advanced && !differ.includes(p) && p.type !== 'array')
  const list = (some: typeof parameters) =>
    some.map((p) => paragraph.parameter(p.label ?? p.name, said(job.parameters[p.name]))).join('; ')
  const size = summary.sequences
    ? paragraph.alignment(summary.sequences, summary.sites, method.input?.data === 'codon' ? 'codon' : 'site')
    : paragraph.tree
  const inferred = job.tree_id && !job.parameters.tree
  const sentences = [
    paragraph.run(
      method.title.startsWith(method.name) ? method.title : `${method.name} (${method.title})`,
      size,
      by(summary, health),
    ),
    inferred && paragraph.inferred,
    differ.length ? paragraph.changed(list(differ)) : paragraph.defaults,
    rest.length && paragraph.others(list(rest)),
    summary.threshold && paragraph.threshold(summary.threshold.value, thresholdName(summary.threshold.of)),
    summary.statement,
  ]
  const cited = papers(method, all).map((paper) => `- ${paper.citation}. doi:${paper.doi}`)
  return `${sentences.filter(Boolean).join(' ')}\n\n${paragraph.references(cited)}`
}

/** Converts a citation such as `Doe J, Roe R (2015). Title. Mol Biol Evol 32:820-832` to BibTeX. */
export function bibtex({ id, citation, doi }: Method): string {
  const found = /^(.+?) \((\d{4})\)\. (.+)\. ([^.]+?) (\d+):(\S+)$/.exec(citation)
  const entry = (kind: string, fields: Record<string, string>) =>
    `@${kind}{${found ? `${found[1]?.replace(/ \S+(,.*)?$/, '').replace(/\W/g, '')}${found[2]}` : id.replace(/\W/g, '')},\n${Object.entries(
      fields,
    )
      .map(([name, value]) => `  ${name} = {${value}},\n`)
      .join('')}}\n`
  if (!found) return entry('misc', { note: citation, doi })
  const [, authors = '', year = '', title = '', journal = '', volume = '', pages = ''] = found
  const author = authors
    .split(', ')
    .map((name) => (name === 'et al.' ? 'others' : name.replace(/^(.+) (\S+)$/, '$1, $2')))
    .join(' and ')
  return entry('article', { author, title: `{${title}}`, journal, year, volume, pages: pages.replace('-', '--'), doi })
}

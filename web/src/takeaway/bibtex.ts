// References as BibTeX.
import type { Schemas } from '../api'

/** Converts a citation such as `Doe J, Roe R (2015). Title. Mol Biol Evol 32:820-832` to BibTeX. */
export function bibtex({ text: citation, doi }: Schemas['Reference']): string {
  const found = /^(.+?) \((\d{4})\)\. (.+)\. ([^.]+?) (\d+):(\S+)$/.exec(citation)
  const entry = (kind: string, fields: Record<string, string>) =>
    `@${kind}{${found ? `${found[1]?.replace(/ \S+(,.*)?$/, '').replace(/\W/g, '')}${found[2]}` : doi.replace(/\W/g, '')},\n${Object.entries(
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

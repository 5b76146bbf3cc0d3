// The texts for a publication about a job.
import type { Schemas, Summary } from '../api'
import { common } from '../words/common'
import { bibtex } from './bibtex'

export interface Texts {
  methods: string
  references: string
}

/** A Methods paragraph with its references, as text. */
export const methodsText = (methods: string, references: Schemas['Reference'][]): string =>
  `${methods}\n\n${common.references}\n${references.map(({ text, doi }) => `- ${text}. doi:${doi}`).join('\n')}\n`

/** Returns the Methods paragraph of a job, and its references as BibTeX. */
export const texts = ({ methods, references }: Summary): Texts => ({
  methods: methodsText(methods, references),
  references: references.map(bibtex).join('\n'),
})

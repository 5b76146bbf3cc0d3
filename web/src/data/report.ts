// What the service found in an uploaded file.

export interface Finding {
  level: 'error' | 'warning' | 'note'
  message: string
  remedy: string
}

export interface Report {
  what: string
  kind?: string | null
  format: string
  sequences: number
  sites: number
  codons?: number | null
  variable_sites: number
  identical_sequences: number
  tree?: { leaves?: number } | null
  trees: number
  findings: Finding[]
}

/** What a file is, in a line. */
export function summary(report: Report): string {
  const parts = []
  if (report.sequences > 0) {
    const codons = report.codons ? `, ${report.codons} codons` : ''
    parts.push(`${report.sequences} ${report.kind ?? ''} sequences of ${report.sites} sites${codons}`)
  }
  if (report.trees > 0) parts.push(report.trees === 1 ? 'a tree' : `${report.trees} trees`)
  return `${report.format}: ${parts.join(' and ') || 'no sequences and no tree'}`
}

// Checks a form as far as the page can, before it is sent.
import type { Method, MethodParameter } from '../api'
import { type Dataset, hasTree } from '../data/datasets'
import { strangers } from '../data/pairs'
import { fitOf } from './needs'

const shown = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 6 })
/** The range of a number in words. */
export function rangeOf({ minimum, maximum, type }: MethodParameter): string {
  if (minimum == null && maximum == null) return ''
  const kind = type === 'integer' ? 'A whole number' : 'A number'
  return `${kind}${minimum != null ? ` from ${shown(minimum)}` : ''}${maximum != null ? ` to ${shown(maximum)}` : ''}.`
}

/** Returns the problem of a value, or an empty text. */
export function wrong(parameter: MethodParameter, text: string): string {
  const value = text.trim()
  if (!value || !['integer', 'number'].includes(parameter.type)) return ''
  const number = Number(value)
  const fits =
    Number.isFinite(number) &&
    (parameter.type !== 'integer' || Number.isInteger(number)) &&
    number >= (parameter.minimum ?? -Infinity) &&
    number <= (parameter.maximum ?? Infinity)
  return fits ? '' : `${rangeOf(parameter) || 'A number.'} The value is ${value}.`
}

/** Returns the problem of a regular expression, or an empty text. */
export function badPattern(pattern: string): string {
  try {
    new RegExp(pattern)
    return ''
  } catch (error) {
    return `Invalid regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}.`
  }
}

/** Returns problems of the alignment and of the tree. */
export function dataProblems(
  method: Method,
  set: Dataset | undefined,
  tree: Dataset | undefined,
  names: Set<string> | null,
  code: string,
): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  const add = (field: string, text: string) => (found[field] ??= []).push(text)
  for (const text of fitOf(method, set, tree, null).cannot)
    add(/tree/i.test(text) && tree ? 'tree' : set ? 'alignment' : 'tree', text)
  const codes = set?.report?.genetic_codes ?? []
  if (method.input?.data === 'codon' && set?.report?.kind === 'codon' && codes.length && !codes.includes(code))
    add(
      'genetic_code',
      `The sequences contain internal stop codons under ${code}. The alignment is in frame under ${codes.slice(0, 3).join(', ')}${codes.length > 3 ? ' and others' : ''}.`,
    )
  const shape = tree ?? (set && hasTree(set) ? set : undefined)
  const leaves = shape?.report?.tree?.leaves
  if (method.input?.data !== 'none' && set?.report && leaves !== undefined && names?.size) {
    const field = tree ? 'tree' : 'alignment'
    const alien = strangers(names, shape as Dataset)
    if (alien.length)
      add(
        field,
        `${alien.length === 1 ? 'A leaf of the tree has' : `${alien.length} leaves of the tree have`} no sequence in the alignment: ${alien.slice(0, 5).join(', ')}${alien.length > 5 ? ' …' : ''}.`,
      )
    else if (leaves !== set.report.sequences)
      add(field, `The tree has ${leaves} leaves, but the alignment has ${set.report.sequences} sequences.`)
  }
  return found
}

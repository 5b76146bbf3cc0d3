// What is wrong with a form, as far as the page can tell before the service is asked.
import type { MethodParameter } from '../api'

const shown = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 6 })
/** The range of a number, in words. */
export function rangeOf({ minimum, maximum, type }: MethodParameter): string {
  if (minimum == null && maximum == null) return ''
  const kind = type === 'integer' ? 'A whole number' : 'A number'
  return `${kind}${minimum != null ? ` from ${shown(minimum)}` : ''}${maximum != null ? ` to ${shown(maximum)}` : ''}.`
}

/** What is wrong with a value; empty where nothing is, or nothing was said. */
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

/** What is wrong with a regular expression. */
export function badPattern(pattern: string): string {
  try {
    new RegExp(pattern)
    return ''
  } catch (error) {
    return `Invalid regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}.`
  }
}

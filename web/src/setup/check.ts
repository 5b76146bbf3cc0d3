// Checks a form as far as the page can, before it is sent.
import type { MethodParameter } from '../api'

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

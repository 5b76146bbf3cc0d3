// Checks a form as far as the page can, before it is sent.
import type { Method, MethodParameter } from '../api'
import { fields } from '../words/setup'

/** Whether an analysis has a parameter. */
export const takes = ({ parameters }: Method, name: string) => parameters.some((one) => one.name === name)

const shown = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 6 })
/** The range of a number in words. */
export function rangeOf({ minimum, maximum, type }: MethodParameter): string {
  const end = (value: number | null | undefined) => (value == null ? null : shown(value))
  return fields.range(type === 'integer', end(minimum), end(maximum))
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
  return fits ? '' : fields.value(rangeOf(parameter) || fields.number, value)
}

/** Returns the problem of a regular expression, or an empty text. */
export function badPattern(pattern: string): string {
  try {
    new RegExp(pattern)
    return ''
  } catch (error) {
    return fields.pattern((error as Error).message.replace(/^Invalid regular expression: /, ''))
  }
}

/** A pattern of names as a regular expression. An invalid one is read as a name with wildcards, such as `*gorilla*`. */
export const expression = (pattern: string): string =>
  badPattern(pattern)
    ? pattern
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')
    : pattern

// From what is in the form to the request that starts an analysis.
import type { Method } from '../api'

export type Values = Record<string, string | number>

export function defaults(method: Method, dataset: string): Values {
  const values: Values = {}
  for (const parameter of method.parameters) values[parameter.name] = parameter.default ?? ''
  if ('alignment' in values) values.alignment = dataset
  else if ('tree' in values) values.tree = dataset
  return values
}

/** Lists are written one item a line: names, or JSON objects such as {"name": …, "branches": […]}. */
function items(text: string): unknown[] {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter(Boolean).map((line) => {
    try {
      return line.startsWith('{') ? JSON.parse(line) : line
    } catch {
      return line
    }
  })
}

/** What differs from the defaults; the service fills in the rest. */
export function request(method: Method, values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const parameter of method.parameters) {
    const value = values[parameter.name]
    if (value == null || value === '' || String(value) === parameter.default) continue
    body[parameter.name] = parameter.type === 'array' ? items(String(value)) : value
  }
  return body
}

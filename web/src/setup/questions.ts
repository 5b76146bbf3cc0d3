// Groups analyses by the questions that they answer, and searches them.
import type { Method } from '../api'

const squashed = (text: string) => text.toLowerCase().replace(/[^a-zα-ω0-9]/g, '')

/** Whether an analysis matches a search: all words occur, or its name does in any spelling. */
function matches(method: Method, search: string): boolean {
  const query = search.trim().toLowerCase()
  const names = squashed(`${method.name} ${method.id} ${method.title}`)
  const text =
    `${method.name} ${method.id} ${method.title} ${method.question} ${method.description} ${method.group} ${method.keywords.join(' ')}`.toLowerCase()
  return (
    names.includes(squashed(query)) ||
    query.split(/\s+/).every((word) => text.includes(word) || names.includes(squashed(word) || word))
  )
}

/** The matching analyses by question. Matching names come before matching descriptions. */
export function grouped(methods: Method[], groups: string[], search: string): [string, Method[]][] {
  const found = methods.filter((method) => matches(method, search))
  const called = (method: Method) =>
    search && squashed(`${method.name} ${method.id}`).includes(squashed(search)) ? 0 : 1
  return groups
    .map((name): [string, Method[]] => [name, found.filter(({ group }) => group === name)])
    .filter(([, some]) => some.length)
    .sort(([, a], [, b]) => Math.min(...a.map(called)) - Math.min(...b.map(called)))
}

// Groups analyses by the questions that they answer, and searches them.
import type { Method } from '../api'

const GROUPS: [string, string[]][] = [
  ['Which sites?', ['fel', 'meme', 'fubar', 'slac', 'prime', 'fade', 'leisr']],
  ['Which branches?', ['absrel']],
  ['The whole gene?', ['busted']],
  ['Did selection relax?', ['relax']],
  ['Does selection differ between groups of branches?', ['contrast-fel', 'contrast-meme']],
  ['Is there recombination?', ['gard']],
  ['Which sites change together?', ['bgm']],
  ['How do substitutions occur?', ['multihit', 'nrm']],
  ['Are there compartments?', ['slatkin']],
]
const OTHER = 'Other questions'
const groupOf = ({ id }: Method) => GROUPS.find(([, ids]) => ids.includes(id))?.[0] ?? OTHER
const squashed = (text: string) => text.toLowerCase().replace(/[^a-zα-ω0-9]/g, '')

/** Whether an analysis matches a search: all words occur, or its name does in any spelling. */
function matches(method: Method, search: string): boolean {
  const query = search.trim().toLowerCase()
  const names = squashed(`${method.name} ${method.id} ${method.title}`)
  const text =
    `${method.name} ${method.id} ${method.title} ${method.question} ${method.description} ${groupOf(method)}`.toLowerCase()
  return (
    names.includes(squashed(query)) ||
    query.split(/\s+/).every((word) => text.includes(word) || names.includes(squashed(word) || word))
  )
}

/** The matching analyses by question. Matching names come before matching descriptions. */
export function grouped(methods: Method[], search: string): [string, Method[]][] {
  const found = methods.filter((method) => matches(method, search))
  const called = (method: Method) =>
    search && squashed(`${method.name} ${method.id}`).includes(squashed(search)) ? 0 : 1
  const order = (method: Method) => GROUPS.flatMap(([, ids]) => ids).indexOf(method.id) >>> 0
  const sorted = [...found].sort((a, b) => order(a) - order(b))
  const groups = [...GROUPS.map(([name]) => name), OTHER].map((name): [string, Method[]] => [
    name,
    sorted.filter((method) => groupOf(method) === name),
  ])
  return groups
    .filter(([, some]) => some.length)
    .sort(([, a], [, b]) => Math.min(...a.map(called)) - Math.min(...b.map(called)))
}

import type { Method, MethodParameter } from '../api'
import { namesSets } from '../branches'
import { DEFAULT } from '../engine'
import { takes } from './check'
import type { Compartment } from './Compartments.svelte'
import type { BranchSet } from './labelled'

/** What the reader has filled in. */
export interface Form {
  alignment: string
  tree: string
  values: Record<string, string>
  engine: string
  chosen: BranchSet[]
  groups: Compartment[]
  callback: string
  mail: string
}

/** The values of parameters that are not left open. */
export function given(parameters: MethodParameter[], values: Record<string, string>) {
  const found: Record<string, string | number> = {}
  for (const p of parameters) {
    const value = values[p.name]?.trim()
    if (value) found[p.name] = p.type === 'string' || Number.isNaN(Number(value)) ? value : Number(value)
  }
  return found
}

/** The body of the request that starts the job. */
export function request(method: Method, parameters: MethodParameter[], form: Form) {
  const body: Record<string, unknown> = {}
  if (takes(method, 'alignment')) body.alignment = form.alignment
  if (form.tree) body.tree = form.tree
  if (form.engine !== DEFAULT) body.engine = form.engine
  Object.assign(body, given(parameters, form.values))
  const filled = form.chosen.filter((one) => one.branches.length).map(({ name, branches }) => ({ name, branches }))
  if (namesSets(method)) body.branch_sets = filled
  else for (const one of filled) body[one.name] = one.branches
  if (takes(method, 'compartment_definitions')) {
    body.compartment_definitions = form.groups.map(({ name, regexp }) => ({ description: name, regexp }))
    body.groups = form.groups.length
  }
  if (form.callback.trim()) body.callback_url = form.callback.trim()
  if (form.mail.trim()) body.notify = form.mail.trim()
  return body
}

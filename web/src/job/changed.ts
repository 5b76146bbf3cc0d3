// What distinguishes a job from others of its analysis: the parameters that are not at their defaults.
import type { Job, Method, MethodParameter } from '../api'
import { facts } from '../words/results'
import { jobs } from '../words/jobs'

/** Whether a value is the default, as which an empty list counts. */
export const isDefault = (value: unknown, initial: string | null | undefined) =>
  Array.isArray(value)
    ? value.length === 0
    : String(value) === (initial ?? '') || Number(value) === Number(initial ?? NaN)

const said = (value: unknown) =>
  Array.isArray(value)
    ? jobs.several(value.length)
    : value === true
      ? facts.yes
      : value === false
        ? facts.no
        : String(value)

/** The parameters of a job, other than its data, that differ from their defaults. */
export const changedIn = (job: Job, method: Method): MethodParameter[] =>
  method.parameters.filter(
    ({ name, default: initial }) =>
      name in job.parameters && !['alignment', 'tree'].includes(name) && !isDefault(job.parameters[name], initial),
  )

/** These parameters in words, such as `Branches to test: 3 selected`. */
export const changedText = (job: Job, method: Method): string =>
  changedIn(job, method)
    .map(({ name, label }) => facts.parameter(label ?? name, said(job.parameters[name])))
    .join('; ')

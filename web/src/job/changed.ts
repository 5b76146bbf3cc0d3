// What distinguishes a job from others of its analysis: the parameters that are not at their defaults.
import type { Job, Method, MethodParameter } from '../api'
import { facts } from '../words/results'
import { jobs } from '../words/jobs'

/** Whether a value is the default, as which an empty list counts. */
export const isDefault = (value: unknown, initial: string | null | undefined) =>
  Array.isArray(value)
    ? value.length === 0
    : String(value) === (initial ?? '') || Number(value) === Number(initial ?? NaN)

/** The value of a parameter in words. */
export const said = (value: unknown) =>
  Array.isArray(value)
    ? jobs.several(value.length)
    : value === true
      ? facts.yes
      : value === false
        ? facts.no
        : String(value)

/** The parameters of a job, other than its data. */
export const givenIn = (job: Job, method: Method): MethodParameter[] =>
  method.parameters.filter(({ name }) => name in job.parameters && !['alignment', 'tree'].includes(name))

/** Those that differ from their defaults, in words, such as `Branches to test: 3 selected`. */
export const changedText = (job: Job, method: Method): string =>
  givenIn(job, method)
    .filter((p) => !isDefault(job.parameters[p.name], p.default))
    .map(({ name, label }) => facts.parameter(label ?? name, said(job.parameters[name])))
    .join('; ')

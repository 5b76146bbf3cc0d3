// The engines that run analyses: HyPhy, and the native engine for some.
import type { Job, Method, Schemas } from './api'
import { common } from './words/common'

/** The engine of requests that name none. */
export const DEFAULT = 'hyphy'

/** The engine of a job after the name of its analysis, unless it is the default. */
export const byEngine = ({ engine }: Job) => (engine === DEFAULT ? '' : common.by(engine))

/** Returns the request that started a job. */
export const requestOf = (job: Job): Record<string, unknown> =>
  job.engine === DEFAULT ? job.parameters : { ...job.parameters, engine: job.engine }

/** Returns an engine of an analysis: the one with this id, or else the first that this server can run. */
export const engineOf = ({ engines }: Method, id: string): Schemas['MethodEngine'] | undefined =>
  engines.find((one) => one.id === id) ?? engines.find((one) => one.status === 'available') ?? engines[0]

// The public API, typed from openapi.json, and the errors it answers as sentences.
import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema'
import { session } from './session.svelte'

export type Schemas = components['schemas']
export type Job = Schemas['Job']
export type JobEvent = Schemas['JobEvent']
export type Method = Schemas['Method']
export type MethodParameter = Schemas['MethodParameter']
export type Problem = Schemas['Problem']
export type Summary = Schemas['Summary']
export type Health = Schemas['Health']

export const BASE = '/api/v1'
/** Milliseconds for which a job is new; the head `Date` counts whole seconds. */
const NEW = 2500

const withToken: Middleware = {
  onRequest({ request }) {
    if (session.token) request.headers.set('Authorization', `Bearer ${session.token}`)
    return request
  },
  onResponse({ response }) {
    session.take(response.headers.get('X-Session-Token'))
  },
}

export const api = createClient<paths>({ baseUrl: BASE })
api.use(withToken)

let access: Promise<string> | undefined
/** Nobody yet: the service has sessions, and this browser has not begun one. Its lists are empty. */
export async function nobody(): Promise<boolean> {
  if (session.token) return false
  access ??= answer(api.GET('/health')).then(({ details }) => details.access)
  return (await access.catch(() => '')) === 'tokens'
}

/** An answer of the service that is not the one hoped for. */
export class ServiceError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail)
  }
}

/** The data of an answer, or its problem thrown. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new Error('The service cannot be reached. Nothing is lost: jobs go on without this page.')
  })
  if (response.ok) return data as T
  throw new ServiceError(problemOf(error, response.status))
}

export function problemOf(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'detail' in body) return body as Problem
  const detail = `The service answered ${status} without an explanation.`
  return { type: 'about:blank', title: 'Error', status, detail, error: detail, message: detail, code: status }
}

/** A request outside the typed client: analyses are named at run time, and files are not JSON. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (session.token) headers.set('Authorization', `Bearer ${session.token}`)
  const response = await fetch(BASE + path, { ...init, headers }).catch(() => {
    throw new Error('The service cannot be reached. Nothing is lost: jobs go on without this page.')
  })
  session.take(response.headers.get('X-Session-Token'))
  if (response.ok) return response
  throw new ServiceError(problemOf(await response.json().catch(() => null), response.status))
}

/** Starts an analysis, or finds the job (`known`) that the same request has started before. */
export async function start(method: string, request: Record<string, unknown>, retry = false): Promise<Job & { known: boolean }> {
  const path = `/methods/${method}-start${retry ? '?retry=true' : ''}`
  const response = await send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  })
  const job = (await response.json()) as Job
  // Both times are the service's.
  const now = Date.parse(response.headers.get('Date') ?? '') || Date.now()
  return { ...job, known: now - Date.parse(job.created) > NEW }
}

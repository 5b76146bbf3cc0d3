// The public API, typed from openapi.json, and its errors as sentences.
import createClient, { type Middleware } from 'openapi-fetch'
import { alone } from './alone'
import type { components, paths } from './schema'
import { session } from './session.svelte'
import { common, sentence } from './words/common'
import { problems, unexplained } from './words/problems'
import { sessions } from './words/session'

export type Schemas = components['schemas']
export type Job = Schemas['Job']
export type JobEvent = Schemas['JobEvent']
/** Whether a job in this state has ended. */
export const isOver = (state: string) => ['completed', 'failed', 'cancelled'].includes(state)
export type Method = Schemas['Method']
export type MethodParameter = Schemas['MethodParameter']
export type Problem = Schemas['Problem']
export type Summary = Schemas['Summary']
export type Health = Schemas['Health']
export type Screen = Schemas['Screen']
export type ScreenReport = Schemas['ScreenReport']
export type ChatMessage = Schemas['ChatMessage']
export type ChatConversation = Schemas['ChatConversation']
export type ChatOperation = Schemas['ChatOperation']

export const BASE = '/api/v1'
/** A job counts as new for this many milliseconds, because the `Date` header has whole seconds. */
const NEW = 2500

const BEARER = /^Bearer /
const withToken: Middleware = {
  onRequest({ request }) {
    const token = session.now()
    if (token) request.headers.set('Authorization', `Bearer ${token}`)
    return request
  },
  onResponse({ request, response }) {
    session.take(
      response.headers.get('X-Session-Token'),
      (request.headers.get('Authorization') ?? '').replace(BEARER, ''),
    )
  },
}

export const api = createClient<paths>({ baseUrl: BASE })
api.use(withToken)

let health: Promise<Health> | undefined
/** The service's health when the page was loaded. */
const loaded = () => {
  health ??= answer(api.GET('/health'))
  return health
}
const accessOf = () =>
  loaded().then(
    ({ details }) => details.access,
    () => '',
  )
/** Whether the service has an assistant. */
export const hasAssistant = () =>
  loaded().then(
    ({ details }) => details.llm !== 'unknown',
    () => false,
  )
/** Whether all callers share all datasets and jobs. */
export const everyoneShares = async () => (await accessOf()) === 'open'
/** Whether the service has sessions and this browser has none yet. Its lists are then empty. */
export async function nobody(): Promise<boolean> {
  if (session.now()) return false
  return (await accessOf()) === 'tokens'
}

/** An error response of the service. */
export class ServiceError extends Error {
  constructor(readonly problem: Problem) {
    super(sentenceOf(problem))
    if (problem.status === 401 && session.now()) session.refused = true
  }
}

const explanationOf = (problem: Problem) => problems[problem.type.split('/').at(-1) ?? '']
/** What happened and what to do, by the kind of problem; the service's detail if the page does not know the kind. */
function sentenceOf(problem: Problem): string {
  const explanation = explanationOf(problem)
  return explanation ? `${explanation.happened} ${explanation.todo}` : problem.detail
}

/** What the service says beside the page's own sentence; empty if that is all there is. */
export const detailOf = (error: unknown) =>
  error instanceof ServiceError && explanationOf(error.problem) ? error.problem.detail : ''

/** What is wrong with each field, each once; empty unless there is more than one thing. */
export function problemsIn(error: unknown): string[] {
  const errors = error instanceof ServiceError ? (error.problem.errors ?? []) : []
  const texts = [...new Set(errors.map(({ message }) => sentence(message)))]
  return texts.length > 1 ? texts : []
}

/** The service's page about a kind of problem, if there is one. */
export const pageOf = (error: unknown) =>
  error instanceof ServiceError && error.problem.type.startsWith('/docs/problems/') ? error.problem.type : ''

/** Returns the data of a response, or throws its problem. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new Error(common.unreachable)
  })
  if (response.ok) return data as T
  throw new ServiceError(problemOf(error, response.status))
}

export function problemOf(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'detail' in body) return body as Problem
  const detail = unexplained(status)
  return { type: 'about:blank', title: '', status, detail, error: detail, message: detail, code: status }
}

/** A request outside the typed client: names of analyses are known only at run time, and files are not JSON. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  const token = session.now()
  if (token) headers.set('Authorization', `Bearer ${token}`)
  const response = await fetch(BASE + path, { ...init, headers }).catch(() => {
    throw new Error(common.unreachable)
  })
  session.take(response.headers.get('X-Session-Token'), token)
  if (response.ok) return response
  throw new ServiceError(problemOf(await response.json().catch(() => null), response.status))
}

/** Begins a session if there are sessions and this browser has none, in one tab at a time. */
export async function begin(): Promise<void> {
  if (!(await nobody())) return
  await alone(async () => {
    if (session.now()) return
    const { token } = await answer(api.POST('/session'))
    if (token) session.use(token)
  })
}

/** Returns the session of a pasted key, or throws if the key is not valid. The current key does not change. */
export async function tryKey(key: string): Promise<Schemas['Session']> {
  const response = await fetch(`${BASE}/session`, { headers: { Authorization: `Bearer ${key}` } }).catch(() => {
    throw new Error(sessions.keyUnchecked)
  })
  if (response.ok) return (await response.json()) as Schemas['Session']
  throw new Error(response.status === 401 ? sessions.keyInvalid : sessions.keyFailed)
}

/** Starts an analysis, or finds the existing job of the same request (`known`). */
export async function start(
  method: string,
  request: Record<string, unknown>,
  retry = false,
): Promise<Job & { known: boolean }> {
  const path = `/methods/${method}-start${retry ? '?retry=true' : ''}`
  const response = await send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(request),
  })
  const job = (await response.json()) as Job
  // Both times come from the service.
  const now = Date.parse(response.headers.get('Date') ?? '') || Date.now()
  return { ...job, known: now - Date.parse(job.created) > NEW }
}

// The datasets of the session, and uploads.
import { api, answer, BASE, begin, nobody, problemOf, ServiceError, type Schemas } from '../api'
import { session } from '../session.svelte'
import { contents, uploads } from '../words/upload'

export type Dataset = Schemas['Dataset']
export type Report = Schemas['Report']
export type Finding = Schemas['Finding']

/** Maximum number of datasets shown. Lists contain no reports, so they are requested one by one. */
const SHOWN = 100

/** Returns the newest datasets with their reports. */
export async function list(): Promise<Dataset[]> {
  if (await nobody()) return []
  const { datasets } = await answer(api.GET('/datasets', { params: { query: { limit: SHOWN } } }))
  return Promise.all(datasets.map((set) => one(set.id)))
}

/** Returns a dataset with its report, but for the names of a tree, which may be many. */
export function one(id: string): Promise<Dataset> {
  return answer(api.GET('/datasets/{dataset_id}', { params: { path: { dataset_id: id }, query: { names: false } } }))
}

export const hasAlignment = (set: Dataset) => set.report?.what.startsWith('alignment') ?? false
export const hasTree = (set: Dataset) => (set.report?.trees ?? 0) > 0

/** Whether the file is unreadable, or its alignment has errors because of which every analysis rejects it. */
export const hasErrors = (set: Dataset) =>
  !set.report || set.report.what === 'unknown' || (hasAlignment(set) && set.report.finding_counts.error > 0)

export function describe({ report }: Dataset): string {
  if (!report || report.what === 'unknown') return contents.unreadable
  const parts = []
  if (report.sequences) parts.push(contents.alignment(report.sequences, report.codons, report.sites))
  if (report.tree) parts.push(contents.trees(report.trees, report.tree.leaves))
  return parts.join(', ')
}

/** Uploads run one after the other. */
let before: Promise<unknown> = Promise.resolve()

/** An upload with its progress, 0 to 1. `cancel` aborts it. */
export function upload(file: File, progress: (done: number) => void) {
  const request = new XMLHttpRequest()
  let cancelled = false
  const form = new FormData()
  form.append('meta', JSON.stringify({ name: file.name, type: 'auto' }))
  form.append('file', file)
  const send = async () => {
    // Begin the session before the upload: two tabs that upload at the same time would begin two sessions.
    await begin()
    const token = session.now()
    return new Promise<Dataset>((resolve, reject) => {
      if (cancelled) return reject(new Error(uploads.cancelled))
      request.upload.onprogress = (event) => progress(event.loaded / event.total)
      request.onload = () => {
        session.take(request.getResponseHeader('X-Session-Token'), token)
        const body: unknown = JSON.parse(request.responseText || 'null')
        if (request.status === 201 || request.status === 200)
          resolve((body as { datasets: Dataset[] }).datasets[0] as Dataset)
        else reject(new ServiceError(problemOf(body, request.status)))
      }
      request.onerror = () => reject(new Error(uploads.interrupted))
      request.onabort = () => reject(new Error(uploads.cancelled))
      request.open('POST', `${BASE}/datasets`)
      if (token) request.setRequestHeader('Authorization', `Bearer ${token}`)
      request.send(form)
    })
  }
  const done = before.then(send)
  before = done.catch(() => {})
  return {
    done,
    cancel: () => {
      cancelled = true
      request.abort()
    },
  }
}

// Names of files: the dataset, the figure and the job, such as `lysozyme-fel-p-1a2b3c4d.svg`.
import { getContext, setContext } from 'svelte'
import type { Job } from '../../api'
import { one } from '../../data/datasets'

const KEY = Symbol('job')
export const nameFilesOf = (job: () => Job) => setContext(KEY, job)
/** A dataset's name as the beginning of the name of a file. */
export const inFileName = (name: string) =>
  name
    .replace(/(\.\w{1,5})+$/, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
/** To be called while a figure is created: the name of its files, without their type. */
export function fileNames(): (figure: string) => Promise<string> {
  const job = getContext<(() => Job) | undefined>(KEY)
  return async (figure) => {
    if (!job) return figure
    const { alignment_id, job_id } = job()
    // Whoever sees a result by a link may not see its data.
    const set = alignment_id ? await one(alignment_id).catch(() => null) : null
    return [inFileName(set?.name ?? ''), figure, job_id.slice(0, 8)].filter(Boolean).join('-')
  }
}

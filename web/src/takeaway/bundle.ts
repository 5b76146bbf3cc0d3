// Creates a ZIP file of everything that belongs to jobs.
import { strToU8, zip } from 'fflate'
import { mount, unmount } from 'svelte'
import { Chosen } from '../results/chosen.svelte'
import { svgOf } from '../results/figures/export'
import { drawn } from '../results/figures/turn'
import { viewOf } from '../results/registry'
import { answer, api, type Job, send, type Summary } from '../api'
import { texts } from './texts'
import { downloads } from '../words/publication'

type Files = Record<string, Uint8Array>

async function summaryOf(base: string, query = ''): Promise<Summary> {
  return (await send(`${base}/summary?${query}`)).json() as Promise<Summary>
}

/** Returns the figures within a part of the page as SVG. */
async function figures(within: ParentNode = document): Promise<Files> {
  const found: Files = {}
  for (const figure of within.querySelectorAll<HTMLElement>('figure[data-figure]')) {
    if (!figure.querySelector('svg')) continue
    const name = figure.dataset.figure || 'figure'
    let free = `figures/${name}.svg`
    for (let k = 2; free in found; k++) free = `figures/${name}-${k}.svg`
    found[free] = strToU8(await svgOf(figure))
  }
  return found
}

/** Returns the figures of a job that is not on the page. Its view is drawn off screen. */
async function figuresOf(job: Job): Promise<Files> {
  const base = `/jobs/${job.job_id}`
  const [{ View, result, trees }, summary] = await Promise.all([viewOf(job, base), summaryOf(base)])
  const stage = document.createElement('div')
  stage.className = 'offscreen stage-wide'
  stage.setAttribute('aria-hidden', 'true')
  document.body.append(stage)
  const mounted = mount(View, { target: stage, props: { job, result, summary, trees, chosen: new Chosen() } })
  try {
    await drawn(stage)
    return await figures(stage)
  } finally {
    void unmount(mounted)
    stage.remove()
  }
}

async function filesOf(job: Job, base: string, query = ''): Promise<Files> {
  const bytes = async (path: string) => new Uint8Array(await (await send(base + path)).arrayBuffer())
  const [said, result, table, log] = await Promise.all([
    summaryOf(base, query).then(texts),
    bytes('/result'),
    bytes(`/summary?format=csv&${query}`),
    bytes('/log'),
  ])
  const files: Files = {
    'result.json': result,
    'table.csv': table,
    'log.txt': log,
    'methods.txt': strToU8(said.methods),
    'references.bib': strToU8(said.references),
  }
  // Readers of a shared job cannot read its data.
  if (!base.startsWith('/jobs/')) return files
  for (const [kind, id] of [
    ['alignment', job.alignment_id],
    ['tree', job.tree_id],
  ] as const) {
    if (!id) continue
    const params = { path: { dataset_id: id }, query: { include_content: true } }
    const set = await answer(api.GET('/datasets/{dataset_id}', { params })).catch(() => null)
    if (set?.content)
      files[`data/${kind}-${(set.name || id.slice(0, 8)).replace(/[^\w.-]+/g, '_')}`] = strToU8(set.content)
  }
  return files
}

function save(name: string, files: Files): Promise<void> {
  return new Promise((resolve, reject) => {
    zip(files, (error, data) => {
      if (error) return reject(new Error(downloads.zipFailed(error.message)))
      const url = URL.createObjectURL(new Blob([data as BlobPart], { type: 'application/zip' }))
      const link = document.createElement('a')
      link.href = url
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), 60_000)
      resolve()
    })
  })
}

/** Saves everything of one job, with the figures on the page. */
export async function zipOne(job: Job, base: string, query: string) {
  await drawn(document)
  const files = { ...(await filesOf(job, base, query)), ...(await figures()) }
  await save(`${job.method}-${job.job_id.slice(0, 8)}.zip`, files)
}

/** Saves everything of many jobs, each in its own folder. */
export async function zipOf(jobs: Job[], progress: (done: number, of: number) => void) {
  const all: Files = {}
  for (const [k, job] of jobs.entries()) {
    progress(k + 1, jobs.length)
    // A figure that cannot be drawn does not prevent the export of the job's numbers.
    const files = { ...(await filesOf(job, `/jobs/${job.job_id}`)), ...(await figuresOf(job).catch(() => ({}))) }
    for (const [name, bytes] of Object.entries(files)) all[`${job.method}-${job.job_id.slice(0, 8)}/${name}`] = bytes
  }
  await save(`datamonkey-${jobs.length}-jobs.zip`, all)
}

/** Saves the files of datasets as they were uploaded. */
export async function zipData(ids: string[]) {
  const files: Files = {}
  for (const id of ids) {
    const set = await answer(
      api.GET('/datasets/{dataset_id}', { params: { path: { dataset_id: id }, query: { include_content: true } } }),
    )
    files[`${id.slice(0, 8)}-${(set.name ?? 'data').replace(/[^\w.-]+/g, '_')}`] = strToU8(set.content ?? '')
  }
  await save(`datamonkey-${ids.length}-datasets.zip`, files)
}

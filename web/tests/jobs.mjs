// The example of every analysis, run by the real engine: what the tests of the views draw.
import { Patience } from './patience.mjs'

/** Parameters for which a view has more figures. */
const MORE = { busted: { srv: 'Yes', syn_rates: 2 } }

/** Runs all that an engine has; ids of completed jobs by method, with the session's token. */
export async function run(address, only = null, engine = 'hyphy') {
  const api = `${address}/api/v1`
  let token = ''
  const ask = async (path, init = {}) => {
    const headers = { ...init.headers, ...(token && { Authorization: `Bearer ${token}` }) }
    const response = await fetch(api + path, { ...init, headers })
    token ||= response.headers.get('X-Session-Token') ?? ''
    const answer = await response.json()
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer
  }
  const uploaded = new Map()
  const upload = async (text) => {
    if (!uploaded.has(text)) {
      const form = new FormData()
      form.append('meta', '{"type":"test"}')
      form.append('file', new Blob([text]), 'data')
      uploaded.set(text, (await ask('/datasets', { method: 'POST', body: form })).id)
    }
    return uploaded.get(text)
  }
  const ids = {}
  const { methods } = await ask('/methods')
  const has = ({ id, engines }) =>
    (!only || only.includes(id)) && engines.some((one) => one.id === engine && one.status === 'available')
  for (const { id: method, example } of methods.filter(has)) {
    const body = { ...example.request, ...MORE[method], engine }
    for (const field of ['alignment', 'tree']) if (example[field]) body[field] = await upload(example[field].content)
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
    ids[method] = (await ask(`/methods/${method}-start`, init)).job_id
  }
  for (const [method, id] of Object.entries(ids)) {
    const patience = new Patience(`the end of ${method}`)
    let job = await ask(`/jobs/${id}`)
    while (!['completed', 'failed', 'cancelled'].includes(job.state)) {
      patience.look(JSON.stringify([job.state, job.progress]))
      job = await ask(`/jobs/${id}?wait=1`)
    }
    if (job.state !== 'completed') throw new Error(`${method}: ${job.error_message}`)
  }
  return { ids, token, ask }
}

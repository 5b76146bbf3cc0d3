// The texts for a publication about a job.
import { answer, api, type Job, type Method, type Summary } from '../api'
import { methods } from '../methods.svelte'
import { bibtex, methodsText, papers } from './publication'

export interface Texts {
  methods: string
  references: string
}

/** Returns the Methods paragraph and the references of a job. */
export async function texts(job: Job, summary: Summary): Promise<Texts> {
  const [all, health] = await Promise.all([methods(), answer(api.GET('/health'))])
  const method = all.find((m) => m.id === job.method) as Method
  return {
    methods: methodsText(job, summary, method, all, health),
    references: papers(method, all).map(bibtex).join('\n'),
  }
}

// Whether data suit analyses.
import { answer, api, type Schemas } from '../api'

export type Suitability = Schemas['MethodSuitability']

/** What the service says about running analyses on data, by id of the analysis. */
export async function suitabilities(query: {
  alignment?: string
  tree?: string
  method?: string
  genetic_code?: string
  prune?: string
  parameters?: string
}): Promise<Map<string, Suitability>> {
  const { methods } = await answer(api.GET('/methods/suitability', { params: { query } }))
  return new Map(methods.map((one) => [one.method, one]))
}

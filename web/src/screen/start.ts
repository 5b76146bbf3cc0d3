// Starts a screen.
import { answer, api, type Method, type Schemas } from '../api'
import { go } from '../router.svelte'

type Request = Partial<Schemas['ScreenRequest']>

/** Starts the screen of a request, or finds the existing one, and shows it. */
export async function startScreen(request: Request): Promise<void> {
  const body = request as Schemas['ScreenRequest']
  const { screen_id: id } = await answer(api.POST('/screens', { params: { query: { retry: true } }, body }))
  go(`/screens/${id}`)
}

/** Whether an analysis looks for recombination. The others of a screen can do without it. */
export const finds = ({ input, in_screens: usual }: Method) => usual && input?.tree === 'none'

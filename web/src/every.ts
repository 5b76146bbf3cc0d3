// Lists of any length: the pages that `Link: rel="next"` leads to, one after the other.
import { nobody, send } from './api'

const PAGE = 1000

/** All items of a list. `so far` is called with each page, so that the first can be shown at once. */
export async function every<T>(path: string, key: string, soFar: (items: T[]) => void): Promise<T[]> {
  const items: T[] = []
  if (await nobody()) return items
  let query: string | undefined = `?limit=${PAGE}`
  while (query) {
    const response: Response = await send(path + query)
    items.push(...(((await response.json()) as Record<string, T[]>)[key] ?? []))
    soFar(items)
    query = /<[^>]*(\?[^>]+)>;\s*rel="next"/.exec(response.headers.get('Link') ?? '')?.[1]
  }
  return items
}

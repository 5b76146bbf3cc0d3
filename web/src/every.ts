// Loads lists of any length: all pages that `Link: rel="next"` leads to.
import { nobody, send } from './api'

const PAGE = 1000

/** Returns all items of a list. Calls `soFar` after each page, so that the first page appears immediately. */
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

// Names of files: the dataset, the figure and the job or screen, such as `lysozyme-fel-p-1a2b3c4d.svg`.
import { getContext, setContext } from 'svelte'
import { one } from '../../data/datasets'

/** What figures show: a job or a screen, and its alignment. */
interface Shown {
  id: string
  alignment: string | null | undefined
}
const KEY = Symbol('shown')
export const nameFilesOf = (shown: () => Shown | null) => setContext(KEY, shown)
/** A dataset's name as the beginning of the name of a file. */
export const inFileName = (name: string) =>
  name
    .replace(/(\.\w{1,5})+$/, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
/** To be called while a figure is created: the name of its files, without their type. */
export function fileNames(): (figure: string) => Promise<string> {
  const shown = getContext<(() => Shown | null) | undefined>(KEY)
  return async (figure) => {
    const of = shown?.()
    if (!of) return figure
    // Whoever sees a result by a link may not see its data.
    const set = of.alignment ? await one(of.alignment).catch(() => null) : null
    return [inFileName(set?.name ?? ''), figure, of.id.slice(0, 8)].filter(Boolean).join('-')
  }
}

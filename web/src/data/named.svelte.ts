import { one } from './datasets'

/** The name of a dataset: empty until it is known, or if the dataset was deleted. Called while a component is created. */
export function datasetName(id: () => string | null | undefined) {
  let name = $state('')
  // What refers to a dataset changes more often than its id.
  const current = $derived(id())
  $effect(() => {
    if (current)
      one(current).then(
        (set) => (name = set.name ?? ''),
        () => {},
      )
  })
  return {
    get current() {
      return name
    },
  }
}

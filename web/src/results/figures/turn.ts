// Draws figures one after the other, each in its own task, so that the page stays responsive.
let last: Promise<void> = Promise.resolve()

/** Resolves when it is the caller's turn. */
export function turn(): Promise<void> {
  last = last.then(() => new Promise<void>((resolve) => setTimeout(resolve, 0)))
  return last
}

/** Resolves when all figures within an element are complete. */
export async function drawn(within: ParentNode): Promise<void> {
  await turn()
  const figures = () => [...within.querySelectorAll('figure[data-figure]')]
  while (figures().some((figure) => !figure.querySelector('svg'))) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

// Figures are drawn one after the other, each in a task of its own: none keeps the page from answering.
let last: Promise<void> = Promise.resolve()

/** Settles when it is the caller's turn. */
export function turn(): Promise<void> {
  last = last.then(() => new Promise<void>((resolve) => setTimeout(resolve, 0)))
  return last
}

/** Settles when all figures within are drawn to their end. */
export async function drawn(within: ParentNode): Promise<void> {
  await turn()
  const figures = () => [...within.querySelectorAll('figure[data-figure]')]
  while (within.querySelector('[data-growing]') || figures().some((figure) => !figure.querySelector('svg'))) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

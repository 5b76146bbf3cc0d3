// The colours of the sets of branches, the same wherever a result shows the sets.
const OTHERS = 'background'
/** Sets that the engine names itself. */
const USUAL: Record<string, string> = { test: 'var(--set-1)', reference: 'var(--set-2)', [OTHERS]: 'var(--neutral)' }
const COLOURS = 6

export function coloursOf(sets: readonly string[]): (set: string) => string {
  const own = sets.filter((set) => set !== OTHERS).sort()
  return (set) => USUAL[set.toLowerCase()] ?? `var(--set-${(own.indexOf(set) % COLOURS) + 1})`
}

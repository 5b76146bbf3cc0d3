/** The reader's selection, which the figures and tables of a result share. */
export class Chosen {
  /** The site, counted from 1 over all partitions. */
  site = $state<number | null>(null)
  /** The name of the node below the branch. */
  branch = $state<string | null>(null)
}

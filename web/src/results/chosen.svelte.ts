/** What the reader has picked: the figures and tables of one result share it. */
export class Chosen {
  /** Site, counted from 1 over all partitions. */
  site = $state<number | null>(null)
  /** Name of the node below the branch. */
  branch = $state<string | null>(null)
}

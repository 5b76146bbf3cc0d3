import { plural } from '../common'

export const bgm = {
  network: 'Coevolving sites',
  networkCaption: (threshold: number, most: number, all: number) =>
    `Pairs with a posterior probability of at least ${threshold}${all > most ? ` (the best ${most} of ${all})` : ''}. An arrow means that one direction is at least twice as probable as the other.`,
  none: (threshold: number) =>
    `No pair reaches a posterior probability of ${threshold}, so there is no network. The figure below shows the strongest pairs as dashed arcs. Lower the threshold to detect weaker pairs.`,
  arcs: 'Pairs along the sequence',
  arcsCaption: (weaker: number, threshold: number) =>
    `Arcs join the sites of a pair; thicker arcs are more probable. The strongest ${plural(weaker, 'pair')} below the threshold of ${threshold} ${weaker === 1 ? 'is' : 'are'} dashed.`,
}

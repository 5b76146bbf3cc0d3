// The home page.
export const home = {
  title: 'Find natural selection in gene sequences',
  lead: {
    before:
      'Which sites, branches or genes evolved under positive or negative selection? Was selection relaxed? Did the ' +
      'sequences recombine? Upload an alignment, run the analyses of ',
    link: 'HyPhy',
    after: ', and explore the results here.',
  },
  cite:
    'If you publish a result, please cite the analysis and HyPhy: Kosakovsky Pond SL et al. (2020). HyPhy 2.5: A ' +
    'Customizable Platform for Evolutionary Hypothesis Testing Using Phylogenies. Mol Biol Evol 37:295–299. Every ' +
    'result lists its references.',
  start: 'Get started',
  starts: [
    {
      href: '/screen',
      title: 'Screen a gene',
      text: 'The usual analyses of sites, branches and recombination, in one report.',
    },
    { href: '/new', title: 'Start from a question', text: 'Which sites? Which branches? Anywhere in this gene?' },
    {
      href: '/new?q=',
      title: 'Start from an analysis',
      text: 'FEL, MEME, BUSTED, aBSREL, RELAX, GARD and others.',
    },
  ],
  example: {
    title: 'Run an example',
    text: 'Runs FEL on a gene of 90 codons from 12 taxa, and opens the result.',
    starting: 'Starting the example…',
  },
  explore: 'An example: FEL on a gene of 90 codons from 12 taxa',
  show: 'Explore the result',
  recentJobs: 'Recent jobs',
  recentDatasets: 'Recent datasets',
  noJobs: 'No jobs yet.',
}

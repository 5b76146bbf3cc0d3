// The frame of the page: its header, and what stands in place of a view.
import { plural } from './common'

export const app = {
  skip: 'Skip to content',
  navigation: 'Main',
  links: { '/data': 'Data', '/new': 'New analysis', '/jobs': 'Jobs', '/about': 'About' },
  assistant: 'Assistant',
  failed: 'This part of the page failed to load. Reload the page to try again. Your jobs keep running.',
  dismiss: 'Dismiss',
  /** Leaves a dialog without doing what it asks about. */
  goBack: 'Go back',
  moreProblems: (count: number) => plural(count, 'more problem'),
  aboutProblem: 'About this problem',
}

export const missing = {
  title: 'Page not found',
  text: (path: string) => `There is no page at ${path}.`,
  home: 'Go to the home page',
}

export const about = {
  title: 'About',
  what:
    'This service finds natural selection in gene sequences. You bring an alignment of a gene and a tree, or let the ' +
    'service infer one. It runs the analyses of HyPhy, and shows what they found as sentences, figures and tables.',
  engines: 'Engines',
  hyphy: (engine: string) => `${engine} runs all analyses. Its results are the reference.`,
  native:
    'The native engine is part of this service. It computes FEL, MEME, FUBAR and SLAC in seconds, and its estimates ' +
    "are shown until HyPhy's results are there.",
  data: 'Your data',
  open: 'This service has no accounts: everyone who can open this page can see all data and jobs.',
  owned:
    'Data and jobs belong to your session. Nobody else can see them, unless you share a job by a link. Keep the session ' +
    'key to return to them from another browser.',
  other: 'Other ways to use it',
  otherText:
    'Everything on this page can be done by a program: from the command line, from Python, from a pipeline, or by ' +
    'an assistant. ',
  api: 'API reference',
  cite: 'How to cite',
  version: (version: string) => `Version ${version}.`,
  licence: 'Free software under the Apache License 2.0.',
}

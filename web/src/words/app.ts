// The frame of the page: its header, and what stands in place of a view.
export const app = {
  skip: 'Skip to content',
  navigation: 'Main',
  links: { '/data': 'Data', '/new': 'New analysis', '/jobs': 'Jobs', '/about': 'About' },
  assistant: 'Assistant',
  failed: 'This part of the page failed to load. Reload the page to try again. Your jobs keep running.',
  dismiss: 'Dismiss',
  /** Leaves a dialog without doing what it asks about. */
  goBack: 'Go back',
  aboutProblem: 'About this problem',
}

export const missing = {
  title: 'Page not found',
  text: (path: string) => `There is no page at ${path}.`,
  home: 'Go to the home page',
}

export const about = {
  title: 'About',
  api: { before: 'This page uses only the public API of the service. See the ', link: 'API reference', after: '.' },
  version: (version: string, engine: string, scheduler: string) => `Version ${version}. ${engine}. ${scheduler}.`,
}

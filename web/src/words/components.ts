// The gallery of components, for those who change the page.
import { plural } from './common'

export const gallery = {
  title: 'Components',
  buttons: {
    title: 'Buttons',
    primary: 'Primary',
    default: 'Default',
    plain: 'Plain',
    danger: 'Danger',
    disabled: 'Disabled',
    link: 'Link',
  },
  menu: { title: 'Menu', label: 'Export', page: 'This page', message: 'A message', done: 'Exported.' },
  chips: { title: 'Chips', note: 'p = 0.06' },
  tabs: {
    title: 'Tabs',
    first: 'One',
    second: 'Two',
    firstPanel: 'The first panel.',
    secondPanel: 'The second panel.',
  },
  tooltip: {
    title: 'Tooltip',
    before: 'The ratio ',
    word: 'ω',
    text: 'Nonsynonymous over synonymous substitution rate',
    after: ' is above 1.',
  },
  dialog: {
    title: 'Dialog and message',
    question: { title: 'Discard the draft?', text: 'It cannot be restored.', action: 'Discard' },
    discarded: 'Discarded.',
    kept: 'Kept.',
    ask: 'Ask',
    show: 'Show a message',
    saved: 'Saved.',
  },
  progress: { title: 'Progress', endless: 'Without an end' },
  table: { title: 'Table', codon: 'Codon' },
  empty: { title: 'Empty state', none: 'No jobs yet', hint: 'Start an analysis to see it here.' },
  example: 'Example',
}

export const warnings = {
  more: (count: number) => plural(count, 'more warning'),
}

// Names and tags that people give to their jobs and datasets.
export const naming = {
  edit: 'Name and tags',
  name: 'Name',
  tags: 'Tags',
  tagsHelp: 'Separate tags by commas.',
  save: 'Save',
  cancel: 'Cancel',
  tagged: 'Tag',
  allTags: 'all',
  group: 'Group by dataset',
  only: (tag: string) => `Show only what is tagged ${tag}`,
}

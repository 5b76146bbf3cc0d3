// The assistant and its conversations.
export const chat = {
  title: 'Assistant',
  about:
    'The assistant uses this service for you: it can read your data, start analyses and explain their results. It is a language model and makes mistakes, so check what matters in the results themselves.',
  untitled: 'New conversation',
  conversations: 'Conversations',
  begin: 'New conversation',
  none: 'No conversation yet. Ask something below.',
  roles: { user: 'You', assistant: 'Assistant' } as Record<string, string>,
  message: 'Message',
  examples: ['Is my gene under positive selection?', 'Which analysis suits my data?', 'What did my last job find?'],
  send: 'Send',
  stop: 'Stop',
  confirm: 'Confirm',
  refuse: 'Do not do it',
  confirmed: 'Yes.',
  refused: 'No.',
  uses: (title: string) => `Working: ${title.charAt(0).toLowerCase()}${title.slice(1)}…`,
  thinking: 'Thinking…',
  used: (count: number) => `Used ${count === 1 ? 'one operation' : `${count} operations`} of the service`,
  delete: 'Delete conversation',
  deleteQuestion: {
    title: 'Delete this conversation?',
    text: 'Your data and jobs stay.',
    action: 'Delete',
  },
  cut: 'The answer was cut off. Send the message again.',
}

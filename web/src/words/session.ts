// Sessions and their keys.
const lost = 'Nothing has changed.'

export const sessions = {
  title: 'Session key',
  none: 'Your first upload starts a session, and this browser stores its key.',
  use: 'Enter this key in another browser to see your data and jobs there.',
  expires: (date: string) => `The session expires on ${date} unless you use it before then.`,
  end: 'End session',
  endQuestion: {
    title: 'End this session?',
    text: 'Its key stops working, so you lose access to its data and jobs.',
    action: 'End session',
  },
  another: 'Use another key',
  apply: 'Apply',
  replaceQuestion: (current: string) => ({
    title: 'Replace the session key of this browser?',
    text: `Without the current key, you lose access to its data and jobs. Save a copy of it first: ${current}`,
    action: 'Replace',
  }),
  refused:
    'The session key of this browser no longer works: it has expired, or the session was ended. Start a new session, ' +
    'or enter another key that you saved.',
  startNew: 'Start new session',
  keyUnchecked: `The service cannot be reached, so the key was not checked. ${lost}`,
  keyInvalid: `This key is not valid: it has expired, its session was ended, or it is misspelled. ${lost}`,
  keyFailed: `The key could not be checked. ${lost} Try again later.`,
}

// The key of this browser's session, if the service has sessions. It is stored in localStorage, which all tabs share,
// so this tab follows what other tabs start or end.
const KEY = 'datamonkey.token'

class Session {
  token = $state(localStorage.getItem(KEY) ?? '')
  /** The service rejects the key: it has expired, or its session was ended. */
  refused = $state(false)
  /** Counts changes made by other tabs. Lists reload when it changes. */
  elsewhere = $state(0)

  constructor() {
    addEventListener('storage', (event) => {
      if (event.key !== KEY && event.key !== null) return
      this.now()
      this.elsewhere++
    })
  }

  /** The currently stored key, whichever tab stored it. */
  now(): string {
    const stored = localStorage.getItem(KEY) ?? ''
    if (stored !== this.token) {
      this.token = stored
      this.refused = false
    }
    return stored
  }

  /** Stores the token that the service sent in response to a request with `asked`. */
  take(token: string | null, asked = this.token) {
    // A response for a key that has been replaced does not restore that key.
    if (!token || asked !== this.now()) return
    this.use(token)
  }

  use(token: string) {
    this.token = token
    this.refused = false
    localStorage.setItem(KEY, token)
  }

  /** Switches to the session of another key. This tab's state belongs to the previous session. */
  change(token: string) {
    sessionStorage.clear()
    this.use(token)
  }

  forget() {
    this.token = ''
    this.refused = false
    localStorage.removeItem(KEY)
    sessionStorage.clear()
  }

  /** EventSource and links cannot send headers, so the token is part of their address. */
  inAddress(path: string): string {
    const token = this.token
    if (!token) return path
    return `${path}${path.includes('?') ? '&' : '?'}user_token=${encodeURIComponent(token)}`
  }
}

export const session = new Session()

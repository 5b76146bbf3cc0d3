// The key of this browser's session, where the service has sessions. It is kept in localStorage,
// which all tabs share: what another tab has begun or ended counts here, too.
const KEY = 'datamonkey.token'

class Session {
  token = $state(localStorage.getItem(KEY) ?? '')
  /** The service does not take the key: it has expired, or its session was ended. */
  refused = $state(false)
  /** Counts changes that came from another tab: lists are read anew. */
  elsewhere = $state(0)

  constructor() {
    addEventListener('storage', (event) => {
      if (event.key !== KEY && event.key !== null) return
      this.now()
      this.elsewhere++
    })
  }

  /** The key as it is stored now, whichever tab has stored it. */
  now(): string {
    const stored = localStorage.getItem(KEY) ?? ''
    if (stored !== this.token) {
      this.token = stored
      this.refused = false
    }
    return stored
  }

  /** Keeps the token that the service has just given in answer to `asked`. */
  take(token: string | null, asked = this.token) {
    // The answer to a key that has been replaced meanwhile does not bring it back.
    if (!token || asked !== this.now()) return
    this.use(token)
  }

  use(token: string) {
    this.token = token
    this.refused = false
    localStorage.setItem(KEY, token)
  }

  /** The session of another key: what this tab has of the present one is not its. */
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

  /** EventSource and links send no headers: the token goes into their address. */
  inAddress(path: string): string {
    const token = this.token
    if (!token) return path
    return `${path}${path.includes('?') ? '&' : '?'}user_token=${encodeURIComponent(token)}`
  }
}

export const session = new Session()

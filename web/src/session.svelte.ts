// The key of this browser's session, where the service has sessions. It is kept in localStorage.
const KEY = 'datamonkey.token'

class Session {
  token = $state(localStorage.getItem(KEY) ?? '')

  /** Keeps the token that the service has just given. */
  take(token: string | null) {
    if (!token) return
    this.token = token
    localStorage.setItem(KEY, token)
  }

  forget() {
    this.token = ''
    localStorage.removeItem(KEY)
  }

  /** EventSource and links send no headers: the token goes into their address. */
  inAddress(path: string): string {
    if (!this.token) return path
    return `${path}${path.includes('?') ? '&' : '?'}user_token=${encodeURIComponent(this.token)}`
  }
}

export const session = new Session()

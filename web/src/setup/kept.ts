// Stores the state of a form, which survives Back and a reload of this tab.
const PREFIX = 'datamonkey.form.'

export function kept<T>(key: string): T | null {
  return JSON.parse(sessionStorage.getItem(PREFIX + key) ?? 'null') as T | null
}
export function keep(key: string, form: unknown) {
  sessionStorage.setItem(PREFIX + key, JSON.stringify(form))
}

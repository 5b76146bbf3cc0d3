// Durations and times of day.

/** A duration. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (seconds > 0 && seconds < 1) return 'less than 1 s'
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** A duration that is only roughly known. */
export function roughly(seconds: number): string {
  const about = Math.max(1, Number(seconds.toPrecision(1)))
  if (about < 100) return `about ${about} s`
  const minutes = seconds / 60
  return minutes < 90 ? `about ${Math.round(minutes)} min` : `about ${Math.round(minutes / 60)} h`
}

/** A time of day, with the date unless it is today. On paper (`lasts`), today will be another day. */
export function moment(time: number | string, lasts = false): string {
  const date = new Date(time)
  const today = date.toDateString() === new Date().toDateString()
  return today && !lasts
    ? date.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })
}

/** A date, such as the end of a session. */
export const day = (time: string) => new Date(time).toLocaleDateString('en', { dateStyle: 'medium' })

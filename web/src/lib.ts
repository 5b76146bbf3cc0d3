// Small things that several pages need.

/** What to say of something that went wrong. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const when = (time: string): string => new Date(time).toLocaleString()

export function seconds(count: number): string {
  if (count < 90) return `${Math.round(count)} s`
  if (count < 5400) return `${Math.round(count / 60)} min`
  return `${(count / 3600).toFixed(1)} h`
}

export function bytes(count: number): string {
  if (count < 1e3) return `${count} bytes`
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`
  return `${(count / 1e6).toFixed(1)} MB`
}

export const STATES: Record<string, string> = {
  queued: 'Waiting',
  submitting: 'Waiting for the scheduler',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

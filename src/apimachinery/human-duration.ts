/**
 * Durations as tables show them: two or three figures, the coarser the longer.
 * Upstream: k8s.io/apimachinery pkg/util/duration/duration.go, HumanDuration.
 */
const SECOND_MS = 1000
const MINUTE_S = 60
const HOUR_MIN = 60
const DAY_H = 24
const YEAR_D = 365

/** Clocks may differ by this much before a time in the future is called invalid. */
const SKEW_S = 1

export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / SECOND_MS)
  if (seconds < -SKEW_S) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * MINUTE_S) return `${String(seconds)}s`
  const minutes = Math.floor(seconds / MINUTE_S)
  if (minutes < 10) return pair(minutes, 'm', seconds % MINUTE_S, 's')
  if (minutes < 3 * HOUR_MIN) return `${String(minutes)}m`
  const hours = Math.floor(minutes / HOUR_MIN)
  if (hours < 8) return pair(hours, 'h', minutes % HOUR_MIN, 'm')
  if (hours < 2 * DAY_H) return `${String(hours)}h`
  const days = Math.floor(hours / DAY_H)
  if (days < 8) return pair(days, 'd', hours % DAY_H, 'h')
  if (days < 2 * YEAR_D) return `${String(days)}d`
  const years = Math.floor(days / YEAR_D)
  return years < 8 ? pair(years, 'y', days % YEAR_D, 'd') : `${String(years)}y`
}

/** `3m20s`, or `3m` when there is nothing of the finer unit. */
function pair(coarse: number, coarseUnit: string, fine: number, fineUnit: string): string {
  return fine === 0 ? `${String(coarse)}${coarseUnit}` : `${String(coarse)}${coarseUnit}${String(fine)}${fineUnit}`
}

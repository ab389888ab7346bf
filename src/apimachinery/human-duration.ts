/**
 * Durations as `kubectl get` shows ages: two units at most, fewer as they grow (k8s.io/apimachinery
 * pkg/util/duration/duration.go, HumanDuration).
 */
const MINUTE_S = 60
const HOURS_PER_DAY = 24
const DAYS_PER_YEAR = 365

/** `0s`, `119s`, `2m30s`, `12m`, `3h5m`, `2d4h`, `300d`, `3y20d`; `<invalid>` for more than a second in the future. */
export function humanDuration(durationMs: number): string {
  const seconds = Math.trunc(durationMs / 1_000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * MINUTE_S) return `${String(seconds)}s`
  const minutes = Math.floor(seconds / MINUTE_S)
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % MINUTE_S, 's')
  if (minutes < 3 * 60) return `${String(minutes)}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm')
  if (hours < 2 * HOURS_PER_DAY) return `${String(hours)}h`
  const days = Math.floor(hours / HOURS_PER_DAY)
  if (days < 8) return twoUnits(days, 'd', hours % HOURS_PER_DAY, 'h')
  if (days < 2 * DAYS_PER_YEAR) return `${String(days)}d`
  const years = Math.floor(days / DAYS_PER_YEAR)
  return years < 8 ? twoUnits(years, 'y', days % DAYS_PER_YEAR, 'd') : `${String(years)}y`
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${String(large)}${largeUnit}` : `${String(large)}${largeUnit}${String(small)}${smallUnit}`
}

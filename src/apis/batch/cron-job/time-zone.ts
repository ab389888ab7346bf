/**
 * Names of time zones, as the IANA database has them. The platform knows the names but not their case, which upstream
 * minds; that is judged by how the database writes names.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, validateTimeZone; Go's time.LoadLocation.
 */

/** Names whose letters are not as in `America/New_York`: abbreviations, and words that are no beginnings. */
const ODD_NAMES: ReadonlySet<string> = new Set([
  'America/Argentina/ComodRivadavia', 'America/Knox_IN', 'America/North_Dakota/New_Salem', 'America/Port_of_Spain',
  'America/Port-au-Prince', 'Africa/Dar_es_Salaam', 'Africa/El_Aaiun', 'Antarctica/DumontDUrville',
  'Antarctica/McMurdo', 'Asia/Ust-Nera', 'Australia/ACT', 'Australia/LHI', 'Australia/NSW', 'Brazil/DeNoronha',
  'Chile/EasterIsland', 'Europe/Isle_of_Man', 'GB', 'GB-Eire', 'NZ', 'NZ-CHAT', 'Mexico/BajaNorte', 'Mexico/BajaSur',
  'PRC', 'ROC', 'ROK', 'UCT', 'UTC', 'GMT', 'GMT+0', 'GMT-0', 'GMT0', 'W-SU', 'CET', 'CST6CDT', 'EET', 'EST', 'EST5EDT',
  'HST', 'MET', 'MST', 'MST7MDT', 'PST8PDT', 'WET',
])
const USUAL_NAME = /^(?:US\/|Etc\/(?:UTC|UCT|GMT(?:0|[+-]\d{1,2})?$))?(?:[A-Z][a-z]+(?:[-_][A-Z][a-z]+)*(?:\/|$))*$/

function isWrittenSo(name: string): boolean {
  return ODD_NAMES.has(name) || USUAL_NAME.test(name)
}

/** Whether a zone of that very name is known; '' and `UTC` always are. */
export function isTimeZone(name: string): boolean {
  if (name === '' || name === 'UTC' || name === 'Local') return true
  if (!isWrittenSo(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** What /statusz and /flagz say of this deployment: its version, since when, and the settings that it runs with. */
import { DOCUMENTS } from '../../apiserver/discovery/discovery.ts'
import { KUBERNETES_MAJOR, KUBERNETES_MINOR } from '../../apiserver/discovery/version.ts'
import type { ServerStatus } from '../../apiserver/operations/zpages.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { thisIsolate } from './cluster-metrics.ts'

const VERSION = `${KUBERNETES_MAJOR}.${KUBERNETES_MINOR}`

/** Whoever sees these may do more than look. */
const CLASSIFIED: ReadonlySet<string> = new Set([
  'AUDIT_WEBHOOK_TOKEN', 'BOOTSTRAP_TOKEN_SHA256', 'CLOUD_WEBHOOK_SECRET', 'INTERNAL_SECRET', 'SERVICE_ACCOUNT_KEY',
])

export function serverStatus(): ServerStatus {
  return {
    startMs: thisIsolate().startMs,
    nowMs: systemClock.now(),
    goVersion: 'none',
    binaryVersion: VERSION,
    emulationVersion: VERSION,
    paths: DOCUMENTS,
  }
}

/** The deployment's variables, called as flags are. */
export function flagsOf(env: Env): Record<string, string> {
  const flags = Object.entries(variablesOf(env)).map(([name, value]) => [
    name.toLowerCase().replaceAll('_', '-'),
    CLASSIFIED.has(name) && value !== '' ? 'CLASSIFIED' : String(value),
  ])
  return Object.fromEntries(flags) as Record<string, string>
}

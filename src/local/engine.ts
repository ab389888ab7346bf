/**
 * What runs the Workers locally. Two ways stand behind this one contract: workerd with a configuration of ours (the
 * default: a tenth of the start, a quarter of the memory), and miniflare, where its conveniences are wanted.
 */
import { join } from 'node:path'
import { ROOT } from './bundle.ts'
import type { AuditWebhook } from './audit/audit-options.ts'
import type { Bundle } from './bundle.ts'
import type { Credentials } from './credentials/credentials.ts'
import type { DataFolder } from './data-folder.ts'

export const ENGINE_NAMES = ['workerd', 'miniflare'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

/** Everything that an engine needs; nothing is looked up behind its back. */
export interface ServerPlan {
  readonly host: string
  /** HTTPS: the API. */
  readonly port: number
  /** Plain HTTP: Services. */
  readonly httpPort: number
  /** Plain HTTP on loopback between our two processes; every request there shows the internal secret. */
  readonly podsPort: number
  readonly folder: DataFolder
  readonly credentials: Credentials
  readonly controlPlane: Bundle
  readonly pods: Bundle
  /** Where audit events are posted: by a binding, as the network of Workers is the Internet only. */
  readonly auditWebhook: AuditWebhook | undefined
  /** Where lines of the audit log are written that somebody waits for; undefined: all are printed. */
  readonly auditLogPort?: number | undefined
  /** The control plane's text variables (src/env.ts); none of them is a secret. */
  readonly variables: Readonly<Record<string, string>>
  /** The control plane's secret variables. */
  readonly secrets: Readonly<Record<string, string>>
}

export interface EngineEvents {
  /** A line that a Worker or its runtime printed. */
  readonly onLine: (source: ProcessName, line: string) => void
  /** A process died by itself and is being started again. */
  readonly onRestart: (source: ProcessName, reason: string) => void
  /** The pods' process is there again: what ran in it must be looked at. */
  readonly onPodsRestarted: (end: PodsEnd) => void
  /** A process was started; it would outlive us if we were killed. */
  readonly onLaunched: (source: ProcessName, pid: number) => void
  /** The control plane keeps dying; the server is of no use any more. */
  readonly onGivenUp: (source: ProcessName, reason: string) => void
}

/** How the pods' process ended; the pods' Worker gets it as LAST_PROCESS_END. */
export interface PodsEnd {
  readonly reason: 'Unresponsive' | 'OutOfMemory' | 'Crashed' | 'Stopped'
  /** uids of the pods whose code may have done it; undefined: any that was running. */
  readonly suspects?: readonly string[]
}

export type ProcessName = 'control plane' | 'pods'

export interface Engine {
  /** Resolves when every socket listens. */
  start(): Promise<void>
  /** Ends everything for certain, within about a second. */
  stop(): Promise<void>
  /** Undefined where pods have no process of their own. */
  readonly pods: PodsProcess | undefined
}

export interface PodsProcess {
  /** Ends it, for it to be started again. */
  end(fault: PodsFault): void
  /** What it holds in memory; undefined where that cannot be told. */
  residentBytes(): number | undefined
}

/** Why the pods' process must end. */
export type PodsFault =
  | { readonly reason: 'Unresponsive'; readonly silentMs: number }
  | { readonly reason: 'OutOfMemory' }

/** Newer than workerd itself is refused by it; raise it together with the pinned version. */
export const COMPATIBILITY_DATE = '2026-11-17'

/** Binding → class of the control plane's objects, as in wrangler.toml. */
export const CONTROL_PLANE_OBJECTS: readonly (readonly [string, string])[] = [
  ['NAMESPACE_OBJECTS', 'NamespaceObject'],
  ['SEQUENCER_OBJECTS', 'SequencerObject'],
  ['SCHEDULER_OBJECTS', 'SchedulerObject'],
  ['CLOUD_OBJECTS', 'CloudObject'],
]

export const POD_OBJECTS: readonly (readonly [string, string])[] = [['POD_OBJECTS', 'PodObject']]

/** The pods' Worker reaches the control plane, and the control plane the pods' Worker, by these bindings. */
export const CONTROL_PLANE_BINDING = 'CONTROL_PLANE'
export const PODS_BINDING = 'PODS'
export const AUDIT_LOG_BINDING = 'AUDIT_LOG_FILE'
export const AUDIT_WEBHOOK_BINDING = 'AUDIT_WEBHOOK'
export const WEBHOOKS_BINDING = 'WEBHOOKS'
export const FRONT_PROXY_BINDING = 'FRONT_PROXY'
export const LOADER_BINDING = 'LOADER'

/** Static files of the deployment, as `[assets]` of wrangler.toml has them. */
export const ASSETS_BINDING = 'ASSETS'
export const ASSETS_FOLDER = join(ROOT, 'src/dashboard/assets')

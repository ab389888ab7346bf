/**
 * What a local server is started with: ports that are free, credentials, the two Workers' bundles, and the variables
 * that the control plane gets.
 */
import { systemClock } from '../lib/clock.ts'
import type { AuditPlan } from './audit/audit-options.ts'
import { bundlesOf } from './bundle.ts'
import { openCredentials } from './credentials/credentials.ts'
import type { DataFolder } from './data-folder.ts'
import type { ServerPlan } from './engine.ts'
import { claimPort } from './ports.ts'

/** Paths of the two Workers' sources. */
interface Entries {
  readonly controlPlane: string
  readonly pods: string
}

const ENTRIES: Entries = { controlPlane: 'src/worker.ts', pods: 'src/objects/pod-worker.ts' }

export interface PlanOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly httpPort: number
  readonly simulatedNodes: number
  readonly logLevel: string
  /** Entries to run instead of the system's own, for tests of the server itself. */
  readonly entries?: Entries
  /** Something to show: progress, a Worker's line, trouble. */
  readonly onLog: (level: 'info', text: string) => void
}

export async function makePlan(
  folder: DataFolder,
  options: PlanOptions,
  audit: AuditPlan | undefined,
): Promise<ServerPlan> {
  const { host, onLog } = options
  const port = await claimPort({ host, port: options.port, option: '--port' })
  const httpPort = await claimPort({ host, port: options.httpPort, option: '--http-port' })
  const podsPort = await claimPort({ host: '127.0.0.1', port: 0, option: '--port' })
  const credentials = await openCredentials(folder.credentials, host, systemClock.now())
  const { controlPlane: controlPlaneEntry, pods: podsEntry } = options.entries ?? ENTRIES
  const [controlPlane, pods] = await bundlesOf([controlPlaneEntry, podsEntry], (entry) => {
    onLog('info', `bundling ${entry} (kept for the next start)`)
  })
  if (controlPlane === undefined || pods === undefined) throw new Error('two entries give two bundles')
  return {
    ...{ host, port, httpPort, podsPort, folder, credentials, controlPlane, pods },
    variables: {
      BOOTSTRAP_TOKEN_SHA256: credentials.adminTokenSha256,
      ROOT_CA: credentials.authority.certificate,
      API_ADDRESS: addressOf(host, port),
      SERVICE_HTTP_PORT: String(httpPort),
      SIMULATED_NODES: String(options.simulatedNodes),
      LOG_LEVEL: options.logLevel,
      ...audit?.variables,
    },
    auditWebhook: audit?.webhook,
    secrets: {
      INTERNAL_SECRET: credentials.internalSecret,
      SERVICE_ACCOUNT_KEY: credentials.serviceAccountKey,
      AUDIT_WEBHOOK_TOKEN: audit?.webhook?.token ?? '',
    },
  }
}

/** Who listens on every address is reached on loopback. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

export function addressOf(host: string, port: number): string {
  const near = reachable(host)
  return `https://${near.includes(':') ? `[${near}]` : near}:${String(port)}`
}

/**
 * Two workerd processes: the control plane, and the pods' Worker with the loader, so that code of pods never shares a
 * process with the API. Each has its own configuration, written to the data folder at every start.
 */
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { systemClock } from '../../lib/clock.ts'
import type { Bundle } from '../bundle.ts'
import type { Engine, EngineEvents, ProcessName, ServerPlan } from '../engine.ts'
import {
  ASSETS_BINDING,
  AUDIT_LOG_BINDING,
  AUDIT_WEBHOOK_BINDING,
  ASSETS_FOLDER,
  COMPATIBILITY_DATE,
  CONTROL_PLANE_BINDING,
  CONTROL_PLANE_OBJECTS,
  FRONT_PROXY_BINDING,
  LOADER_BINDING,
  PODS_BINDING,
  POD_OBJECTS,
  WEBHOOKS_BINDING,
} from '../engine.ts'
import { SOCKET_HEADER } from '../../objects/calls/hop-headers.ts'
import { FRONT_PROXY_NAME } from '../credentials/credentials.ts'
import { residentBytes } from '../upkeep/memory-watch.ts'
import { OperatorError } from '../operator-error.ts'
import type { ExternalConfig, WorkerConfig, WorkerdConfig } from './config.ts'
import { workerdConfigText } from './config.ts'
import { PodsEnds } from './pods-ends.ts'
import type { ProcessOptions } from './supervised-process.ts'
import { SupervisedProcess } from './supervised-process.ts'

const LOOPBACK = '127.0.0.1'
const SECRET = 'INTERNAL_SECRET'
const AUDIT_AUTHORITY = 'audit-webhook-ca.crt'

/** Twice what the edge gives an isolate: the pods' Worker, which holds every pod's kubelet, is one, too. */
const ISOLATE_HEAP_MIB = 256

/**
 * A batch of some hundred writes is alive at once: with 4 MiB a rollout of 500 pods takes up to half as long again. 12
 * gain a tenth of a rollout, and take 55 MiB more after a load (2026-11). Pods' isolates are many, and small.
 */
export const CONTROL_PLANE_YOUNG_MIB = 8
const PODS_YOUNG_MIB = 4

/**
 * Idle, a control plane's old generation holds 8. What requests and answers were made of waits outside of the heap for
 * this collection and is not counted: left to itself the engine begins at three times as much, and a thousand
 * definitions take 20 MiB more (2026-11).
 */
const CONTROL_PLANE_FIRST_OLD_MIB = 12

type OwnOptions = Pick<ProcessOptions, 'environment'> & Partial<ProcessOptions>

export function workerdEngine(plan: ServerPlan, events: EngineEvents): Engine {
  const command = workerdPath()
  const launch = (title: ProcessName, file: string, config: WorkerdConfig, own: OwnOptions) => {
    const path = join(plan.folder.run, file)
    writeFileSync(path, workerdConfigText(config), { mode: 0o600 })
    return new SupervisedProcess({
      title,
      command,
      args: ['--experimental', path],
      sockets: config.sockets.map(({ name }) => name),
      onLine: (line) => events.onLine(title, line),
      onLaunched: (pid) => events.onLaunched(title, pid),
      onRestart: (reason) => events.onRestart(title, reason),
      onRestarted: () => undefined,
      ...own,
    })
  }
  // Nothing of ours but what is meant for it: workerd has no use for the rest of the environment.
  const controlPlane = launch('control plane', 'control-plane.capnp', controlPlaneConfig(plan), {
    environment: () => plan.secrets,
    onGivenUp: (reason) => events.onGivenUp('control plane', reason),
  })
  const ends = new PodsEnds(systemClock)
  const pods = launch('pods', 'pods.capnp', podsConfig(plan), {
    environment: () => ({
      [SECRET]: plan.credentials.internalSecret,
      LAST_PROCESS_END: JSON.stringify(ends.last),
    }),
    onLine(line) {
      if (!ends.isTrace(line)) events.onLine('pods', line)
    },
    onRestart(reason) {
      ends.ended(reason)
      events.onRestart('pods', reason)
    },
    onRestarted: () => events.onPodsRestarted(ends.last),
  })
  const both = [controlPlane, pods]
  return {
    async start() {
      try {
        await Promise.all(both.map((child) => child.start()))
      } catch (error) {
        await Promise.all(both.map((child) => child.stop()))
        throw error
      }
    },
    async stop() {
      await Promise.all(both.map((child) => child.stop()))
    },
    pods: {
      end(fault) {
        ends.killedFor(fault)
        pods.kill()
      },
      residentBytes: () => (pods.pid === undefined ? undefined : residentBytes(pods.pid)),
    },
  }
}

/** The program itself, not npm's link to it: the package, CommonJS without types, knows the one for this machine. */
export function workerdPath(): string {
  const found: unknown = createRequire(import.meta.url)('workerd')
  if (typeof found === 'object' && found !== null && 'default' in found && typeof found.default === 'string') {
    return found.default
  }
  throw new OperatorError('workerd is not installed for this machine; run: npm ci')
}

function modulesOf(plan: ServerPlan, bundle: Bundle): WorkerConfig['modules'] {
  return bundle.modules.map((name) => ({ name, path: relative(plan.folder.run, join(bundle.folder, name)) }))
}

const objectsOf = (pairs: readonly (readonly [string, string])[]): WorkerConfig['objects'] =>
  pairs.map(([binding, className]) => ({ binding, className }))

function addressOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`
}

/** The server that audit events go to; its CA is written beside the configuration. */
function auditWebhookOf({ auditWebhook, folder }: ServerPlan): ExternalConfig[] {
  if (auditWebhook === undefined) return []
  const { protocol, hostname, port } = new URL(auditWebhook.url)
  const isSecure = protocol === 'https:'
  const address = addressOf(hostname, port === '' ? (isSecure ? 443 : 80) : Number(port))
  const external = { name: 'audit-webhook', address, certificateHost: hostname }
  if (auditWebhook.authority === undefined) return [{ ...external, isPublic: isSecure }]
  writeFileSync(join(folder.run, AUDIT_AUTHORITY), auditWebhook.authority, { mode: 0o600 })
  return [{ ...external, trustedCertificatePath: AUDIT_AUTHORITY }]
}

function auditLogOf({ auditLogPort }: ServerPlan): ExternalConfig[] {
  return auditLogPort === undefined ? [] : [{ name: 'audit-log', address: addressOf(LOOPBACK, auditLogPort) }]
}

function controlPlaneConfig(plan: ServerPlan): WorkerdConfig {
  const auditWebhook = auditWebhookOf(plan)
  const auditLog = auditLogOf(plan)
  const inCredentials = (name: string): string => relative(plan.folder.run, join(plan.folder.credentials, name))
  return {
    storageFolder: plan.folder.objects,
    youngHeapMiB: CONTROL_PLANE_YOUNG_MIB,
    firstOldHeapMiB: CONTROL_PLANE_FIRST_OLD_MIB,
    sockets: [
      {
        name: 'api',
        address: addressOf(plan.host, plan.port),
        injectHeaders: { [SOCKET_HEADER]: 'api' },
        tls: { keyPath: inCredentials('tls.key'), certificatePath: inCredentials('tls.crt') },
      },
      {
        name: 'services',
        address: addressOf(plan.host, plan.httpPort),
        injectHeaders: { [SOCKET_HEADER]: 'services' },
      },
    ],
    externals: [{ name: 'pods', address: addressOf(LOOPBACK, plan.podsPort) }, ...auditWebhook, ...auditLog],
    networks: [
      { name: 'webhooks', trustedCertificatePath: inCredentials('ca.crt') },
      {
        name: 'front-proxy',
        shown: {
          keyPath: inCredentials(`${FRONT_PROXY_NAME}.key`),
          certificatePath: inCredentials(`${FRONT_PROXY_NAME}.crt`),
        },
        trustedCertificatePath: inCredentials('ca.crt'),
      },
    ],
    disks: [{ name: 'assets', path: ASSETS_FOLDER }],
    worker: {
      modules: modulesOf(plan, plan.controlPlane),
      compatibilityDate: COMPATIBILITY_DATE,
      objects: objectsOf(CONTROL_PLANE_OBJECTS),
      services: [
        { binding: PODS_BINDING, service: 'pods' },
        { binding: ASSETS_BINDING, service: 'assets' },
        { binding: WEBHOOKS_BINDING, service: 'webhooks' },
        { binding: FRONT_PROXY_BINDING, service: 'front-proxy' },
        ...auditWebhook.map(({ name }) => ({ binding: AUDIT_WEBHOOK_BINDING, service: name })),
        ...auditLog.map(({ name }) => ({ binding: AUDIT_LOG_BINDING, service: name })),
      ],
      texts: { ...plan.variables, FRONT_PROXY_CA: plan.credentials.frontProxyAuthority.certificate },
      environment: Object.keys(plan.secrets),
    },
  }
}

function podsConfig(plan: ServerPlan): WorkerdConfig {
  return {
    storageFolder: plan.folder.pods,
    youngHeapMiB: PODS_YOUNG_MIB,
    isolateHeapMiB: ISOLATE_HEAP_MIB,
    sockets: [{ name: 'pods', address: addressOf(LOOPBACK, plan.podsPort), injectHeaders: {} }],
    externals: [
      {
        name: 'control-plane',
        address: addressOf(plan.host === '0.0.0.0' || plan.host === '::' ? LOOPBACK : plan.host, plan.port),
        trustedCertificatePath: relative(plan.folder.run, join(plan.folder.credentials, 'ca.crt')),
      },
    ],
    worker: {
      modules: modulesOf(plan, plan.pods),
      compatibilityDate: COMPATIBILITY_DATE,
      objects: objectsOf(POD_OBJECTS),
      services: [{ binding: CONTROL_PLANE_BINDING, service: 'control-plane' }],
      texts: { LOG_LEVEL: plan.variables['LOG_LEVEL'] ?? 'info', HOST_IPS: LOOPBACK, TRACE_ENTRIES: '1' },
      environment: [SECRET, 'LAST_PROCESS_END'],
      loader: LOADER_BINDING,
    },
  }
}

/**
 * The second way to run the Workers: miniflare, in one process, with its inspector and its handlers. Slower to start
 * and to answer than workerd by itself (its entry Worker wraps every request), and pods share the control plane's
 * process, so nothing can end a pod that spins: for looking into things, not for daily use.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bundle } from './bundle.ts'
import type { Engine, EngineEvents, ServerPlan } from './engine.ts'
import {
  ASSETS_BINDING,
  ASSETS_FOLDER,
  COMPATIBILITY_DATE,
  CONTROL_PLANE_BINDING,
  CONTROL_PLANE_OBJECTS,
  LOADER_BINDING,
  PODS_BINDING,
  POD_OBJECTS,
} from './engine.ts'
import { SOCKET_HEADER } from '../objects/calls/hop-headers.ts'

/** Stands before the control plane at each socket: says which one it is, whatever the client sent. */
const doorModule = (socket: string): string => `export default {
  fetch(request, env) {
    const headers = new Headers(request.headers)
    headers.set('${SOCKET_HEADER}', '${socket}')
    return env.CONTROL_PLANE.fetch(new Request(request, { headers }))
  },
}`

export async function miniflareEngine(plan: ServerPlan, { onLine }: EngineEvents): Promise<Engine> {
  const { Miniflare, Log, LogLevel } = await import('miniflare')
  const { internalSecret } = plan.credentials
  const controlPlane = { type: 'worker' as const, worker: 'control-plane' }
  const server = new Miniflare({
    host: plan.host,
    port: plan.port,
    httpsKey: plan.credentials.leaf.key,
    httpsCert: plan.credentials.leaf.certificate,
    cf: false,
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    enableDevRegistry: false,
    handleStructuredLogs: ({ message }) => onLine('control plane', message),
    resourcePersistencePath: plan.folder.objects,
    workers: [
      { config: { ...doorConfig('api'), env: { CONTROL_PLANE: controlPlane } }, dev: {} },
      {
        config: { ...doorConfig('services'), env: { CONTROL_PLANE: controlPlane } },
        dev: { unsafeDirectSockets: [{ host: plan.host, port: plan.httpPort }] },
      },
      {
        config: {
          ...workerConfig('control-plane', plan.controlPlane),
          env: {
            ...objectBindings('control-plane', CONTROL_PLANE_OBJECTS),
            ...textBindings({ ...plan.variables, ...plan.secrets }),
            [PODS_BINDING]: { type: 'worker', worker: 'pods' },
            [ASSETS_BINDING]: { type: 'disk', path: ASSETS_FOLDER },
          },
          exports: objectExports(CONTROL_PLANE_OBJECTS),
        },
        dev: {},
      },
      {
        config: {
          ...workerConfig('pods', plan.pods),
          env: {
            ...objectBindings('pods', POD_OBJECTS),
            ...textBindings({ ...plan.variables, INTERNAL_SECRET: internalSecret }),
            // By the door, as in a process of its own.
            [CONTROL_PLANE_BINDING]: { type: 'worker', worker: 'door-api' },
            [LOADER_BINDING]: { type: 'worker-loader' },
          },
          exports: objectExports(POD_OBJECTS),
        },
        dev: {},
      },
    ],
  })
  return {
    async start() {
      await server.ready
    },
    async stop() {
      await server.dispose()
    },
    pods: undefined,
  }
}

interface ModuleManifest {
  readonly mainModule: string
  readonly modules: Record<string, { readonly type: 'esm'; readonly contents: string }>
}

function doorConfig(socket: string) {
  const manifest: ModuleManifest = {
    mainModule: 'main.js',
    modules: { 'main.js': { type: 'esm', contents: doorModule(socket) } },
  }
  return { name: `door-${socket}`, compatibilityDate: COMPATIBILITY_DATE, manifest }
}

function workerConfig(name: string, bundle: Bundle) {
  const modules = bundle.modules.map((file) => {
    const contents = readFileSync(join(bundle.folder, file), 'utf8')
    return [file, { type: 'esm' as const, contents }] as const
  })
  const manifest: ModuleManifest = { mainModule: 'main.js', modules: Object.fromEntries(modules) }
  return { name, compatibilityDate: COMPATIBILITY_DATE, manifest }
}

function objectBindings(worker: string, pairs: readonly (readonly [string, string])[]) {
  return Object.fromEntries(
    pairs.map(([binding, exportName]) => [binding, { type: 'durable-object' as const, worker, exportName }]),
  )
}

function objectExports(pairs: readonly (readonly [string, string])[]) {
  return Object.fromEntries(
    pairs.map(([, className]) => [className, { type: 'durable-object' as const, storage: 'sqlite' as const }]),
  )
}

function textBindings(texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, { type: 'text' as const, value }]))
}

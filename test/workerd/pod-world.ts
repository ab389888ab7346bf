/**
 * Pods in isolates on a real workerd: an API in memory, the pods' Worker, and what a follower of the store would do.
 */
import type { V1ConfigMap, V1Container, V1Pod, V1PodSpec } from '../../src/apis/generated/types.ts'
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import type { KindRef } from '../../src/apis/define-kind.ts'
import { CONFIG_MAP, POD } from '../../src/kubelet/pod-kind.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { ApiServer } from '../support/api-server.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { Workerd } from '../support/server/workerd.ts'

const SECRET = 'test-secret'
const EVENT: KindRef<KubeObject & { reason: string; message: string; involvedObject: { name: string } }> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  scope: 'Namespaced',
}

/** How long anything may take before the test gives up and says what it saw. */
const LIMIT_MS = 8_000

/** Between two looks while waiting for a level. */
const LOOK_MS = 25

export class PodWorld {
  readonly api: ScopesApi
  readonly server: ApiServer
  readonly workerd: Workerd

  constructor(server: ApiServer, workerd: Workerd) {
    this.api = server.api
    this.server = server
    this.workerd = workerd
  }

  static async start(): Promise<PodWorld> {
    const server = new ApiServer(new ScopesApi(systemClock, seededRandom(1)))
    const workerd = await Workerd.start({
      entry: 'src/objects/pod-worker.ts',
      objects: { POD_OBJECTS: 'PodObject' },
      loader: 'LOADER',
      text: { INTERNAL_SECRET: SECRET, HOST_IPS: '10.1.0.1', TRACE_ENTRIES: '1' },
      servers: { CONTROL_PLANE: await server.listen() },
    })
    return new PodWorld(server, workerd)
  }

  async stop(): Promise<void> {
    await this.workerd.kill()
    this.server.close()
  }

  /** What a watchdog does: waits until the process answers no more, ends it, and starts it with whom it suspects. */
  async watch(): Promise<void> {
    await this.untilSeen(
      () =>
        fetch(`${this.workerd.address}/livez`, { signal: AbortSignal.timeout(300) }).then(
          () => true,
          () => false,
        ),
      (isAlive) => !isAlive,
      'the process to hang',
    )
    const entered = [...this.workerd.output.matchAll(/^workernetes-enter (.+)$/gm)].map(([, uid]) => uid)
    const end = { reason: 'Unresponsive', suspects: entered.slice(-1) }
    await this.workerd.restart({ LAST_PROCESS_END: JSON.stringify(end) })
  }

  /** A pod whose /app is a ConfigMap of these files (Wasm as base64), and whose command is /app/index.js. */
  async create(
    name: string,
    files: Readonly<Record<string, string>>,
    spec: Partial<V1PodSpec> = {},
    container: Partial<V1Container> = {},
  ): Promise<void> {
    const metadata = { name, namespace: 'default' }
    const isBinary = ([file]: readonly [string, string]): boolean => file.endsWith('.wasm')
    const data = Object.fromEntries(Object.entries(files).filter((file) => !isBinary(file)))
    const binaryData = Object.fromEntries(Object.entries(files).filter(isBinary))
    const configMap: V1ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data, binaryData }
    await this.api.create(CONFIG_MAP, configMap)
    const main: V1Container = {
      name: 'main',
      image: 'workernetes.dev/worker',
      command: ['/app/index.js'],
      volumeMounts: [{ name: 'app', mountPath: '/app' }],
      ...container,
    }
    await this.api.create(POD, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: name } },
      spec: {
        nodeName: 'isolates',
        runtimeClassName: 'worker',
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        volumes: [{ name: 'app', configMap: { name } }],
        containers: [main],
        ...spec,
      },
      status: { phase: 'Pending' },
    })
    await this.observe(name)
  }

  pod(name: string): Promise<V1Pod> {
    return this.api.get(POD, { namespace: 'default', name })
  }

  async call(
    name: string,
    path: string,
    init: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const { metadata } = await this.pod(name)
    const headers = {
      ...init.headers,
      'x-workernetes-internal': SECRET,
      'x-workernetes-pod': `default/default/${name}/${metadata.uid ?? ''}`,
    }
    return fetch(`${this.workerd.address}${path}`, { ...init, headers })
  }

  async observe(name: string): Promise<void> {
    const body = JSON.stringify(await this.pod(name))
    const response = await this.call(name, '/observe', { method: 'POST', body })
    if (!response.ok)
      throw new Error(`observe: ${String(response.status)} ${await response.text()} ${this.workerd.output}`)
  }

  request(name: string, path = '/', init: RequestInit = {}): Promise<Response> {
    return this.call(name, path, { ...init, headers: { 'x-workernetes-port': '8080' } })
  }

  async logs(name: string, query = ''): Promise<string> {
    const response = await this.call(name, `/logs?container=main&${query}`)
    return response.text()
  }

  /** Phase, state, restart count and readiness of the first container. */
  async shown(name: string): Promise<string> {
    const { status } = await this.pod(name)
    const { state, restartCount = 0, ready } = status?.containerStatuses?.[0] ?? {}
    const what = state?.waiting?.reason ?? state?.terminated?.reason ?? 'running'
    return `${status?.phase ?? ''} ${what} ${String(restartCount)}${ready === true ? ' ready' : ''}`
  }

  until(name: string, want: string): Promise<void> {
    return this.untilSeen(
      async () => this.shown(name),
      (shown) => shown === want,
      `pod ${name}: ${want}`,
    )
  }

  async untilSeen<T>(look: () => Promise<T>, isSeen: (seen: T) => boolean, what: string): Promise<void> {
    const deadlineMs = Date.now() + LIMIT_MS
    for (;;) {
      const seen = await look()
      if (isSeen(seen)) return
      if (Date.now() > deadlineMs)
        throw new Error(`waited for ${what}, saw ${JSON.stringify(seen)}\n${this.workerd.output}`)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  async events(name: string): Promise<string[]> {
    const { items } = await this.api.list(EVENT, { namespace: 'default' })
    return items
      .filter(({ involvedObject }) => involvedObject.name === name)
      .map(({ reason, message }) => `${reason} ${message}`)
  }
}

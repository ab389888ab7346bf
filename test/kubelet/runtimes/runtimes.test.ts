import type { V1Pod } from '../../../src/apis/generated/types.ts'
import { CONFIG_MAP } from '../../../src/kubelet/pod-kind.ts'
import type { IsolateLoader } from '../../../src/kubelet/runtimes/isolates/isolate-loader.ts'
import { IsolatesRuntime } from '../../../src/kubelet/runtimes/isolates/isolates-runtime.ts'
import { SimulatedRuntime } from '../../../src/kubelet/runtimes/simulated/simulated-runtime.ts'
import type { ScopesApi } from '../../support/scopes-api.ts'
import { podRuntimeSuite } from '../pod-runtime-suite.ts'

const simulate = (pod: V1Pod, stages: string): Promise<V1Pod> =>
  Promise.resolve({ ...pod, metadata: { ...pod.metadata, annotations: { 'workernetes.dev/simulate': stages } } })

podRuntimeSuite('simulated', {
  open: ({ clock }) => new SimulatedRuntime(clock),
  serves: (pod) => simulate(pod, 'run'),
  exits: (pod, _api, exitCode) => simulate(pod, `exit-${String(exitCode)} after 1s`),
  refusesStart: (pod) => simulate(pod, 'config-error'),
  refusesMount: (pod) => simulate(pod, 'mount-error'),
  isNeverWell: (pod) => simulate(pod, 'never-ready'),
  fallsIll: (pod) => simulate(pod, 'not-alive after 5s'),
  isStubborn: (pod) => simulate(pod, 'stubborn'),
  skips: {
    fetch: 'nothing runs in a simulated pod',
    eviction: 'the batching kubelet rebuilds from the status (simulated-kubelet.test.ts)',
  },
})

interface ModuleShape {
  readonly default?: {
    fetch?(request: Request, env: unknown): Response | Promise<Response>
    run?(env: unknown): unknown
  }
}

/** Runs modules in this process; the real loader is proved on workerd (test/workerd/pod-object.test.ts). */
const inProcess: IsolateLoader = {
  load({ id, program }) {
    const load = async (): Promise<ModuleShape> => {
      const { entry, modules } = program()
      // Each attempt is an isolate, and so a module, of its own.
      const code = `${String(modules.get(entry))}\n// ${id}`
      return (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as ModuleShape
    }
    return {
      start: async () => {
        const { default: handlers } = await load()
        return { hasFetch: handlers?.fetch !== undefined, hasRun: handlers?.run !== undefined }
      },
      run: async () => {
        try {
          await (await load()).default?.run?.(program().env)
          return {}
        } catch (error) {
          return { error: String(error) }
        }
      },
      fetch: async (request) =>
        (await load()).default?.fetch?.(request, program().env) ?? new Response(null, { status: 500 }),
    }
  },
}

async function withCode(pod: V1Pod, api: ScopesApi, code: string): Promise<V1Pod> {
  const { namespace = '', name = '' } = pod.metadata
  await api.create(CONFIG_MAP, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name },
    data: { 'index.js': code },
  })
  return mounting(pod, name)
}

function mounting(pod: V1Pod, configMap: string): V1Pod {
  const [main] = pod.spec?.containers ?? []
  if (main === undefined || pod.spec === undefined) throw new Error('a pod without containers')
  const container = {
    ...main,
    image: 'workernetes.dev/worker',
    command: ['/app/index.js'],
    volumeMounts: [{ name: 'app', mountPath: '/app' }],
  }
  return {
    ...pod,
    spec: { ...pod.spec, containers: [container], volumes: [{ name: 'app', configMap: { name: configMap } }] },
  }
}

let processes = 0

podRuntimeSuite('isolates', {
  open: ({ client, clock, store }) =>
    new IsolatesRuntime({
      client,
      clock,
      store,
      loader: inProcess,
      process: `process-${String(++processes)}`,
      hostIPs: ['10.1.0.1'],
      durable: () => Promise.resolve(),
      guard: () => undefined,
      token: () => Promise.resolve('token'),
    }),
  serves: (pod, api) =>
    withCode(
      pod,
      api,
      'export default { fetch: (request) => new Response("served " + new URL(request.url).pathname) }',
    ),
  exits: (pod, api, exitCode) =>
    withCode(pod, api, `export default { run() { ${exitCode === 0 ? '' : 'throw new Error("no")'} } }`),
  refusesStart: async (pod, api) => {
    const coded = await withCode(pod, api, 'export default {}')
    const [main] = coded.spec?.containers ?? []
    if (main !== undefined) main.env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'absent', key: 'a' } } }]
    return coded
  },
  refusesMount: (pod) => Promise.resolve(mounting(pod, 'absent')),
  isNeverWell: (pod, api) => withCode(pod, api, 'export default { fetch: () => new Response(null, { status: 503 }) }'),
  fallsIll: (pod, api) =>
    withCode(
      pod,
      api,
      'let asked = 0; export default { fetch: () => new Response(null, { status: ++asked > 5 ? 500 : 200 }) }',
    ),
  isStubborn: (pod, api) => withCode(pod, api, 'export default { run: () => new Promise(() => undefined) }'),
  skips: {},
})

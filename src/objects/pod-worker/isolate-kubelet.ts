/**
 * The kubelet of one pod in isolates, put together from what its object offers: SQLite, an alarm, the loader, the way
 * to the API. It acts as its node's user.
 */
import type { V1Pod } from '../../apis/generated/types.ts'
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import { createEventsRecorder } from '../../client/events-recorder.ts'
import { PodKubelet } from '../../kubelet/pod-kubelet.ts'
import { IsolatesRuntime } from '../../kubelet/runtimes/isolates/isolates-runtime.ts'
import type { SandboxStore } from '../../kubelet/runtimes/isolates/sandbox-store.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import { ControlPlaneClient } from './control-plane-client.ts'
import type { PodAlarm } from './pod-alarm.ts'
import type { PodEnv } from './pod-env.ts'
import { lastProcessEndOf } from './pod-env.ts'
import type { PodExports } from './worker-code.ts'
import { workerLoader } from './worker-code.ts'

/** The node that isolates run on, and the identity of their kubelets. */
const NODE_NAME = 'isolates'

export interface KubeletParts {
  readonly ctx: DurableObjectState
  readonly env: PodEnv
  /** The pod's object: `cluster/namespace/name/uid`. */
  readonly name: string
  readonly store: SandboxStore
  readonly alarm: PodAlarm
}

export function createIsolateKubelet({ ctx, env, name, store, alarm }: KubeletParts): PodKubelet {
  const [cluster = '', , , uid = ''] = name.split('/')
  const client = new ControlPlaneClient({
    binding: env.CONTROL_PLANE,
    secret: env.INTERNAL_SECRET ?? '',
    cluster,
    username: `system:node:${NODE_NAME}`,
  })
  const lastProcessEnd = lastProcessEndOf(env)
  const runtime = new IsolatesRuntime({
    client,
    clock: systemClock,
    store,
    loader: workerLoader({
      loader: env.LOADER,
      // The classes that pod-worker.ts exports, as the platform offers them to us.
      exports: ctx.exports as unknown as PodExports,
      pod: name,
      ...(env.TRACE_ENTRIES === undefined ? {} : { trace: uid }),
    }),
    process: systemRandom.uuid(),
    ...(lastProcessEnd === undefined ? {} : { lastProcessEnd }),
    hostIPs: (env.HOST_IPS ?? '').split(',').filter((ip) => ip !== ''),
    durable: () => ctx.storage.sync(),
    guard: () => alarm.guard(),
    token: (pod, audience, expirationSeconds) => tokenOf(client, pod, audience, expirationSeconds),
  })
  const onError = (error: unknown): void =>
    console.warn(`pod ${name}:`, error instanceof ApiStatusError ? error.message : error)
  const events = createEventsRecorder({
    client,
    clock: systemClock,
    random: systemRandom,
    component: 'kubelet',
    host: NODE_NAME,
    onError,
  })
  const wakeAt = (timeMs: number | undefined): void => alarm.wakeAt(timeMs)
  return new PodKubelet({ client, clock: systemClock, events, runtime, memory: store, onError, wakeAt })
}

function tokenOf(
  client: ControlPlaneClient,
  pod: V1Pod,
  audience: string | undefined,
  expirationSeconds: number,
): Promise<string> {
  const { namespace = '', name, uid } = pod.metadata
  return client.token(
    { namespace, name: pod.spec?.serviceAccountName ?? 'default' },
    {
      audiences: audience === undefined ? [] : [audience],
      expirationSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    },
  )
}

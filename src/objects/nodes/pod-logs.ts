/** `kubectl logs`: asked of the kubelet that runs the pod, by the runtime of its node. */
import { ApiStatusError, notFoundError } from '../../apimachinery/status-error.ts'
import type { ClusterCalls } from '../../apiserver/api-host.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import type { Env } from '../../env.ts'
import type { LogOptions } from '../../kubelet/logs/log-options.ts'
import { systemClock } from '../../lib/clock.ts'
import { POD_HEADER, SECRET_HEADER } from '../calls/hop-headers.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import type { ScopeName } from '../object-names.ts'
import { podObjectName } from '../object-names.ts'
import type { NodeRuntimes } from './node-runtimes.ts'
import { parseLogOptions } from '../../kubelet/logs/log-options.ts'

export interface LogSources {
  readonly env: Env
  readonly name: ScopeName
  readonly runtimes: NodeRuntimes
  simulatedLog(pod: V1Pod, options: LogOptions): ReadableStream<Uint8Array>
}

export function podLog({ env, name, runtimes, simulatedLog }: LogSources): ClusterCalls['podLog'] {
  return async (subject, query) => {
    const pod = subject as V1Pod
    const nodeName = pod.spec?.nodeName ?? ''
    const runtime = await runtimes.runtimeOf(nodeName)
    if (runtime === 'simulated') {
      return new Response(simulatedLog(pod, parseLogOptions(query, systemClock.now())), {
        headers: { 'content-type': 'text/plain' },
      })
    }
    if (runtime === 'isolates') {
      const { name: podName = '', namespace = '', uid = '' } = pod.metadata
      const target = podObjectName(name.cluster, namespace, podName, uid)
      const headers = { [SECRET_HEADER]: env.INTERNAL_SECRET ?? '', [POD_HEADER]: target }
      return env.PODS.fetch(new Request(`http://pods/logs?${query.toString()}`, { headers }))
    }
    // As upstream has it (pkg/registry/core/pod/strategy.go, LogLocation): by the node's name, of a pod.
    const node = await scopeStub(env, name.cluster, '').objectText('nodes', nodeName)
    if (node === null) throw notFoundError({ group: '', resource: 'pods' }, nodeName)
    const why = `log is not supported by the node that pod "${pod.metadata.name ?? ''}" runs on: its kubelet is not ours`
    throw new ApiStatusError('MethodNotAllowed', `${why} (see docs/compatibility.md)`)
  }
}

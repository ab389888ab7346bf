/**
 * Where a request that may be proxied goes, as the namespace's object tells the Worker: the request itself, and its
 * body, never come through here. Nothing runs in simulated pods, which is said at once.
 */
import type { ClusterCalls } from '../../apiserver/api-host.ts'
import { unavailable } from '../../apiserver/subresources/connect/proxy-location.ts'
import type { Destination, Wanted } from '../../proxy/backends.ts'
import { PROXY_TO_HEADER } from '../calls/hop-headers.ts'
import type { ScopeName } from '../object-names.ts'
import { podObjectName } from '../object-names.ts'
import type { NodeRuntimes } from './node-runtimes.ts'

/** What the Worker needs to know. */
export type ProxiedTo =
  | {
      readonly kind: 'pod'
      readonly scheme: string
      /** The name of the pod's object. */
      readonly pod: string
      readonly port: number
      /** For what is said when nothing listens there. */
      readonly address: string
    }
  | {
      readonly kind: 'service'
      readonly scheme: string
      readonly namespace: string
      readonly name: string
      readonly port: number | string
    }

const SIMULATED = 'error trying to reach service: nothing runs in a simulated pod that could answer'

export function connect(
  { cluster, namespace }: ScopeName,
  runtimes: NodeRuntimes,
  destinationOf: (service: string, wanted: Wanted) => Promise<Destination>,
): ClusterCalls['connect'] {
  return async (target) => {
    const { kind, scheme, port } = target
    if (kind === 'service') {
      const { name } = target
      if ((await destinationOf(name, { port })).kind === 'simulated') throw unavailable(SIMULATED)
      return told({ kind, scheme, namespace, name, port })
    }
    const { address, pod } = target
    const { name = '', uid = '' } = pod.metadata
    const nodeName = pod.spec?.nodeName ?? ''
    const runtime = await runtimes.runtimeOf(nodeName)
    if (runtime === 'simulated') throw unavailable(SIMULATED)
    if (runtime !== 'isolates') throw unavailable(`error trying to reach service: node "${nodeName}" is not there`)
    return told({ kind, scheme, pod: podObjectName(cluster, namespace, name, uid), port, address })
  }
}

function told(to: ProxiedTo): Response {
  return new Response(null, { status: 204, headers: { [PROXY_TO_HEADER]: JSON.stringify(to) } })
}

/** Host ports: no two pods of a node on the same address, protocol and port (upstream: plugins/nodeports). */
import type { Plugin } from '../framework.ts'
import { unschedulable } from '../framework.ts'
import type { HostPort } from '../snapshot.ts'
import { hostPortsOf } from '../snapshot.ts'

const ANY_ADDRESS = '0.0.0.0'

export const nodePorts: Plugin = {
  name: 'NodePorts',
  events: ['nodeAdded', 'podRemoved'],
  preFilter(state, pod) {
    state.set('NodePorts', hostPortsOf(pod))
    return undefined
  },
  filter(state, _pod, { pods }) {
    const wanted = state.get('NodePorts') as readonly HostPort[]
    if (wanted.length === 0) return []
    const isTaken = [...pods.values()].some(({ hostPorts }) =>
      hostPorts.some((used) => wanted.some((port) => conflicts(used, port))),
    )
    return isTaken ? [unschedulable("node(s) didn't have free ports for the requested pod ports")] : []
  },
}

function conflicts(used: HostPort, wanted: HostPort): boolean {
  if (used.protocol !== wanted.protocol || used.port !== wanted.port) return false
  return used.address === wanted.address || used.address === ANY_ADDRESS || wanted.address === ANY_ADDRESS
}

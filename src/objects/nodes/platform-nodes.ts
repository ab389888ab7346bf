/**
 * The nodes that a cluster has by itself: `isolates`, where RuntimeClass `worker` runs, and as many simulated ones as
 * the deployment asks for. Made again at every resync; the node controller (controllers/node) says that they are
 * Ready.
 */
import { node as nodeKind } from '../../apis/core/node/node.ts'
import type { V1Node } from '../../apis/generated/types.ts'
import type { Client, Operation } from '../../client/client.ts'
import type { StoreReader } from '../../store/object-store.ts'
import type { PlatformNode } from './node-runtimes.ts'
import { RUNTIME_LABEL } from '../../kubelet/runtimes.ts'

/** Keeps pods of the usual kind off the isolates' node: only those that ask for its RuntimeClass tolerate it. */
const ISOLATES_TAINT = { key: RUNTIME_LABEL, value: 'isolates', effect: 'NoSchedule' }

const ISOLATES_NODE = 'isolates'

export async function ensurePlatformNodes(reader: StoreReader, client: Client, simulatedNodes: number): Promise<void> {
  const wanted = [isolatesNode(), ...Array.from({ length: simulatedNodes }, (_, index) => simulatedNode(index))]
  const missing = wanted.filter(
    ({ metadata }) => reader.get({ resource: 'nodes', name: metadata.name ?? '' }) === undefined,
  )
  if (missing.length === 0) return
  const operations = missing.map((object): Operation => ({ verb: 'create', kind: nodeKind, object }))
  for (const { error } of await client.batch('', operations)) {
    if (error !== undefined) console.warn('a node of the platform could not be made', error.message)
  }
}

/** The nodes whose kubelets are ours, by name. */
export function platformNodes(reader: StoreReader): Record<string, PlatformNode> {
  const { objects } = reader.list({ resource: 'nodes', limit: Number.MAX_SAFE_INTEGER })
  return Object.fromEntries(
    objects.flatMap(({ name, text, selectable }) => {
      const runtime = selectable.labels[RUNTIME_LABEL]
      if (runtime === undefined) return []
      const { addresses = [] } = (JSON.parse(text) as V1Node).status ?? {}
      const hostIPs = addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address)
      return [[name, { runtime, hostIPs }]]
    }),
  )
}

function isolatesNode(): V1Node {
  return platformNode(ISOLATES_NODE, 'isolates', { spec: { taints: [ISOLATES_TAINT] } })
}

function simulatedNode(index: number): V1Node {
  return platformNode(`simulated-${String(index)}`, 'simulated', {})
}

function platformNode(name: string, runtime: string, rest: Pick<V1Node, 'spec'>): V1Node {
  const labels = {
    [RUNTIME_LABEL]: runtime,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  }
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, ...rest }
}

/**
 * Spreads the pods of one controller over nodes and zones. Differs: upstream counts pods by the selectors of the
 * Services and controllers that match (plugins/podtopologyspread with system defaults); here those with the same
 * controller owner count, which is the same set for pods that were made by one, without another read.
 */
import type { Plugin } from '../framework.ts'
import { normalizeScores } from '../framework.ts'
import type { NodeInfo } from '../snapshot.ts'

const STATE = 'PodTopologySpread'
const ZONE_LABEL = 'topology.kubernetes.io/zone'

interface Siblings {
  readonly ownerUid: string
  readonly byZone: ReadonlyMap<string, number>
}

export const defaultSpreading: Plugin = {
  name: STATE,
  events: [],
  preScore(state, pod, nodes) {
    const ownerUid = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid ?? ''
    const byZone = new Map<string, number>()
    for (const node of ownerUid === '' ? [] : nodes) {
      const zone = zoneOf(node)
      if (zone !== '') byZone.set(zone, (byZone.get(zone) ?? 0) + siblingsOn(node, ownerUid))
    }
    state.set(STATE, { ownerUid, byZone } satisfies Siblings)
  },
  score(state, _pod, node) {
    const { ownerUid, byZone } = state.get(STATE) as Siblings
    if (ownerUid === '') return 0
    return siblingsOn(node, ownerUid) + (byZone.get(zoneOf(node)) ?? 0)
  },
  normalize: (scores) => normalizeScores(scores, true),
}

function zoneOf({ node }: NodeInfo): string {
  return node.metadata.labels?.[ZONE_LABEL] ?? ''
}

function siblingsOn({ podsByOwner }: NodeInfo, ownerUid: string): number {
  return podsByOwner.get(ownerUid) ?? 0
}

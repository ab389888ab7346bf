/**
 * A new node takes no pods before it was seen ready; the node lifecycle controller lifts the taint
 * (plugin/pkg/admission/nodetaint).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { AdmissionPlugin } from '../plugin.ts'

const NOT_READY_TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

type TaintedNode = AnyObject & { spec?: { taints?: { key: string; effect: string }[] } }

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: ({ operation, definition, subresource }) =>
    operation === 'CREATE' && definition.group === '' && definition.resource === 'nodes' && subresource === '',
  admit({ object }) {
    if (object === undefined) return
    const node = object as TaintedNode
    const taints = node.spec?.taints ?? []
    if (taints.some(({ key, effect }) => key === NOT_READY_TAINT.key && effect === NOT_READY_TAINT.effect)) return
    node.spec = { ...node.spec, taints: [...taints, { ...NOT_READY_TAINT }] }
  },
}

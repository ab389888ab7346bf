/** A pod that names its node fits no other (upstream: plugins/nodename). */
import type { Plugin } from '../framework.ts'
import { unresolvable } from '../framework.ts'

export const nodeName: Plugin = {
  name: 'NodeName',
  events: ['nodeAdded'],
  filter(_state, pod, { name }) {
    const wanted = pod.spec?.nodeName ?? ''
    return wanted === '' || wanted === name ? [] : [unresolvable("node(s) didn't match the requested node name")]
  },
}

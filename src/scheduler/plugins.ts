/** THE list of scheduler plugins, in the order in which they filter (upstream: apis/config/v1/default_plugins.go). */
import type { Plugin } from './framework.ts'
import { balancedAllocation } from './plugins/balanced-allocation.ts'
import { defaultSpreading } from './plugins/default-spreading.ts'
import { nodeAffinity } from './plugins/node-affinity.ts'
import { nodeName } from './plugins/node-name.ts'
import { nodePorts } from './plugins/node-ports.ts'
import { nodeResourcesFit } from './plugins/node-resources-fit.ts'
import { nodeUnschedulable } from './plugins/node-unschedulable.ts'
import { schedulingGates } from './plugins/scheduling-gates.ts'
import { taintToleration } from './plugins/taint-toleration.ts'

export const PLUGINS: readonly Plugin[] = [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  balancedAllocation,
  defaultSpreading,
]

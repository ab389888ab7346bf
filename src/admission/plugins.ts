/**
 * THE list of admission plugins, in the order in which they run: upstream's (pkg/kubeapiserver/options/plugins.go).
 * Plugins that need something of the composition root (RbacEscalation) are appended there; ResourceQuota will stay
 * last.
 */
import type { AdmissionPlugin } from './plugin.ts'
import { defaultTolerationSeconds } from './plugins/default-toleration-seconds.ts'
import { namespaceLifecycle } from './plugins/namespace-lifecycle.ts'
import { nodeRestriction } from './plugins/node-restriction.ts'
import { persistentVolumeClaimResize } from './plugins/persistent-volume-claim-resize.ts'
import { priority } from './plugins/priority.ts'
import { runtimeClass } from './plugins/runtime-class.ts'
import { serviceAccount } from './plugins/service-account.ts'
import { taintNodesByCondition } from './plugins/taint-nodes-by-condition.ts'

export const ADMISSION_PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  priority,
  defaultTolerationSeconds,
  persistentVolumeClaimResize,
  runtimeClass,
]

/**
 * The entry of the deployment at the edge: the control plane and the pods' Worker in one script, each reached by the
 * other through a service binding, so that one `deploy` is all there is. Locally they are two bundles in two
 * processes (src/local), because there nothing else would stop a pod that spins.
 */
import pods from './objects/pod-worker.ts'
import controlPlane from './worker.ts'

export { CloudObject, NamespaceObject, SchedulerObject, SequencerObject } from './worker.ts'
export { PodLogSink, PodObject, PodOutbound, PodTail } from './objects/pod-worker.ts'

/** What the binding PODS points at. */
export const Pods = pods

export default controlPlane

/**
 * The fields of API objects that controllers look at, under the names and with the optionality of the generated types.
 * Fields that are only carried along are not listed: objects keep whatever they have.
 */
import type { Condition, KubeObject, ObjectMeta } from '../apimachinery/meta.ts'

export type IntOrString = number | string

export interface V1LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export interface V1ContainerPort {
  name?: string
  containerPort: number
  protocol?: string
}

export interface V1Container {
  name: string
  image?: string
  ports?: V1ContainerPort[]
  restartPolicy?: string
}

export interface V1Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

export interface V1PodSpec {
  containers: V1Container[]
  initContainers?: V1Container[]
  nodeName?: string
  restartPolicy?: string
  activeDeadlineSeconds?: number
  hostname?: string
  subdomain?: string
  tolerations?: V1Toleration[]
  [field: string]: unknown
}

export interface V1ContainerState {
  running?: { startedAt?: string }
  terminated?: { exitCode: number; finishedAt?: string; reason?: string }
  waiting?: { reason?: string; message?: string }
}

export interface V1ContainerStatus {
  name: string
  ready: boolean
  restartCount: number
  state?: V1ContainerState
}

export interface V1PodStatus {
  phase?: string
  reason?: string
  message?: string
  podIP?: string
  podIPs?: { ip: string }[]
  hostIP?: string
  startTime?: string
  conditions?: Condition[]
  containerStatuses?: V1ContainerStatus[]
  initContainerStatuses?: V1ContainerStatus[]
}

export interface V1Pod extends KubeObject {
  spec?: V1PodSpec
  status?: V1PodStatus
}

export interface V1PodTemplateSpec {
  metadata?: ObjectMeta
  spec?: V1PodSpec
}

export interface V1ReplicaSet extends KubeObject {
  spec?: {
    replicas?: number
    minReadySeconds?: number
    selector: V1LabelSelector
    template?: V1PodTemplateSpec
  }
  status?: V1ReplicaSetStatus
}

export interface V1ReplicaSetStatus {
  replicas: number
  fullyLabeledReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  terminatingReplicas?: number
  observedGeneration?: number
  conditions?: Condition[]
}

export interface V1DeploymentCondition extends Condition {
  lastUpdateTime?: string
}

export interface V1DeploymentStatus {
  observedGeneration?: number
  replicas?: number
  updatedReplicas?: number
  readyReplicas?: number
  availableReplicas?: number
  unavailableReplicas?: number
  terminatingReplicas?: number
  conditions?: V1DeploymentCondition[]
  collisionCount?: number
}

export interface V1Deployment extends KubeObject {
  spec?: {
    replicas?: number
    selector: V1LabelSelector
    template: V1PodTemplateSpec
    strategy?: {
      type?: string
      rollingUpdate?: { maxSurge?: IntOrString; maxUnavailable?: IntOrString }
    }
    minReadySeconds?: number
    revisionHistoryLimit?: number
    paused?: boolean
    progressDeadlineSeconds?: number
  }
  status?: V1DeploymentStatus
}

export interface V1ServicePort {
  name?: string
  port: number
  protocol?: string
  appProtocol?: string
  targetPort?: IntOrString
}

export interface V1Service extends KubeObject {
  spec?: {
    clusterIP?: string
    clusterIPs?: string[]
    type?: string
    selector?: Record<string, string>
    ports?: V1ServicePort[]
    publishNotReadyAddresses?: boolean
    ipFamilies?: string[]
    ipFamilyPolicy?: string
    sessionAffinity?: string
    internalTrafficPolicy?: string
  }
}

export interface V1ObjectReference {
  kind?: string
  namespace?: string
  name?: string
  uid?: string
}

export interface V1Endpoint {
  addresses: string[]
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
  hostname?: string
  targetRef?: V1ObjectReference
  nodeName?: string
  zone?: string
}

export interface V1EndpointPort {
  name?: string
  port?: number
  protocol?: string
  appProtocol?: string
}

export interface V1EndpointSlice extends KubeObject {
  addressType: string
  endpoints?: V1Endpoint[] | null
  ports?: V1EndpointPort[] | null
}

export interface V1EndpointAddress {
  ip: string
  hostname?: string
  nodeName?: string
  targetRef?: V1ObjectReference
}

export interface V1EndpointSubset {
  addresses?: V1EndpointAddress[]
  notReadyAddresses?: V1EndpointAddress[]
  ports?: { name?: string; port: number; protocol?: string; appProtocol?: string }[]
}

export interface V1Endpoints extends KubeObject {
  subsets?: V1EndpointSubset[]
}

export interface V1JobSpec {
  parallelism?: number
  completions?: number
  completionMode?: string
  backoffLimit?: number
  activeDeadlineSeconds?: number
  ttlSecondsAfterFinished?: number
  suspend?: boolean
  manualSelector?: boolean
  podReplacementPolicy?: string
  selector?: V1LabelSelector
  template: V1PodTemplateSpec
}

export interface V1JobCondition extends Condition {
  lastProbeTime?: string
}

export interface V1JobStatus {
  active?: number
  ready?: number
  terminating?: number
  succeeded?: number
  failed?: number
  startTime?: string
  completionTime?: string
  completedIndexes?: string
  conditions?: V1JobCondition[]
  uncountedTerminatedPods?: { succeeded?: string[]; failed?: string[] }
}

export interface V1Job extends KubeObject {
  spec?: V1JobSpec
  status?: V1JobStatus
}

export interface V1Taint {
  key: string
  value?: string
  effect: string
  timeAdded?: string
}

export interface V1NodeStatus {
  addresses?: { type: string; address: string }[]
  capacity?: Record<string, string>
  allocatable?: Record<string, string>
  conditions?: (Condition & { lastHeartbeatTime?: string })[]
  nodeInfo?: Record<string, string>
  daemonEndpoints?: { kubeletEndpoint?: { Port: number } }
  phase?: string
}

export interface V1Node extends KubeObject {
  spec?: {
    podCIDR?: string
    podCIDRs?: string[]
    providerID?: string
    taints?: V1Taint[]
    unschedulable?: boolean
  }
  status?: V1NodeStatus
}

export interface V1Namespace extends KubeObject {
  spec?: { finalizers?: string[] }
  status?: { phase?: string; conditions?: Condition[] }
}

export interface V1ServiceAccount extends KubeObject {
  secrets?: V1ObjectReference[]
}

export interface V1ConfigMap extends KubeObject {
  data?: Record<string, string>
}

export interface V1PriorityClass extends KubeObject {
  value: number
  globalDefault?: boolean
  description?: string
}

export interface V1RuntimeClass extends KubeObject {
  handler: string
}

export interface V1PolicyRule {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

export interface V1ClusterRole extends KubeObject {
  rules?: V1PolicyRule[] | null
  aggregationRule?: { clusterRoleSelectors?: V1LabelSelector[] }
}

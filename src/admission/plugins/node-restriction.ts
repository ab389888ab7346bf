/**
 * A node may change its own Node, Lease and CSINode, and the pods that are bound to it; nothing else of these kinds
 * (kubernetes/kubernetes plugin/pkg/admission/noderestriction). Who is a node: `system:node:NAME` in the group
 * system:nodes. What a node may reach at all is the authorizer's business.
 * Differs: the uid of a mirror pod's owner is not compared with the Node, which lives in another object than the pod.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { notFoundError } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.ts'
import type { AdmittedPod } from '../pod.ts'
import { podOf, usesConfigMaps } from '../pod.ts'
import { refusal } from '../refuse.ts'
import { forbiddenNodeLabels } from './node-labels.ts'
import { MIRROR_ANNOTATION } from './service-account.ts'
import { usesSecrets } from './service-account-secrets.ts'

const NODES_GROUP = 'system:nodes'
const NODE_PREFIX = 'system:node:'
const LEASE_NAMESPACE = 'kube-node-lease'

type Restriction = (node: string, attributes: AdmissionAttributes, context: AdmissionContext) => void

const RESTRICTIONS: Readonly<Record<string, Restriction>> = {
  '/pods': restrictPod,
  '/nodes': restrictNode,
  '/persistentvolumeclaims': restrictClaim,
  '/serviceaccounts': restrictToken,
  'coordination.k8s.io/leases': restrictLease,
  'storage.k8s.io/csinodes': restrictCsiNode,
}

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: ({ user, definition }) =>
    user.groups.includes(NODES_GROUP) &&
    user.username.startsWith(NODE_PREFIX) &&
    RESTRICTIONS[`${definition.group}/${definition.resource}`] !== undefined,
  admit: restrict,
  // A deletion has no mutating half here.
  validate(attributes, context) {
    if (attributes.operation === 'DELETE') restrict(attributes, context)
  },
}

function restrict(attributes: AdmissionAttributes, context: AdmissionContext): void {
  const { user, definition } = attributes
  const node = user.username.slice(NODE_PREFIX.length)
  if (node === '') throw refusal(attributes, `could not determine node from user "${user.username}"`)
  RESTRICTIONS[`${definition.group}/${definition.resource}`]?.(node, attributes, context)
}

function nodeNameOf(pod: unknown): string {
  return (pod as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName ?? ''
}

function restrictPod(node: string, attributes: AdmissionAttributes, context: AdmissionContext): void {
  const { operation, subresource, oldObject } = attributes
  if (subresource === 'status') return restrictPodStatus(node, attributes)
  if (subresource === 'eviction') return restrictEviction(node, attributes, context)
  if (subresource !== '') {
    const why = `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`
    throw refusal(attributes, why)
  }
  if (operation === 'CREATE') return restrictMirrorPod(node, attributes)
  if (operation !== 'DELETE') {
    const why = `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`
    throw refusal(attributes, why)
  }
  if (nodeNameOf(oldObject) === node) return
  throw refusal(attributes, `node "${node}" can only delete pods with spec.nodeName set to itself`)
}

function restrictMirrorPod(node: string, attributes: AdmissionAttributes): void {
  const pod = podOf(attributes.object)
  const why = mirrorPodFault(pod, node)
  if (why !== undefined) throw refusal(attributes, `node "${node}" ${why}`)
}

/** The first thing wrong with a pod that a node makes; the node's name goes before it. */
function mirrorPodFault(pod: AdmittedPod, node: string): string | undefined {
  const { annotations = {}, ownerReferences: owners = [] } = pod.metadata
  const [owner] = owners
  const isOwn = owner?.apiVersion === 'v1' && owner.kind === 'Node' && owner.name === node
  const volumes = pod.spec.volumes ?? []
  const hasTrustBundle = volumes.some(({ projected }) =>
    projected?.sources?.some((source) => source['clusterTrustBundle'] !== undefined),
  )
  const faults: readonly (readonly [isFault: boolean, why: string])[] = [
    [annotations[MIRROR_ANNOTATION] === undefined, 'can only create mirror pods'],
    [nodeNameOf(pod) !== node, 'can only create pods with spec.nodeName set to itself'],
    [owners.length > 1, 'can only create pods with a single owner reference set to itself'],
    [!isOwn, 'can only create pods with an owner reference set to itself'],
    [owner?.controller !== true, 'can only create pods with a controller owner reference set to itself'],
    [owner?.blockOwnerDeletion === true, 'must not set blockOwnerDeletion on an owner reference'],
    [(pod.spec.serviceAccountName ?? '') !== '', 'can not create pods that reference a service account'],
    [usesSecrets(pod), 'can not create pods that reference secrets'],
    [usesConfigMaps(pod), 'can not create pods that reference configmaps'],
    [hasTrustBundle, 'can not create pods that reference clustertrustbundles'],
    [
      volumes.some((volume) => volume['persistentVolumeClaim'] !== undefined),
      'can not create pods that reference persistentvolumeclaims',
    ],
  ]
  return faults.find(([isFault]) => isFault)?.[1]
}

function restrictPodStatus(node: string, attributes: AdmissionAttributes): void {
  const { operation, object, oldObject } = attributes
  if (operation !== 'UPDATE') throw refusal(attributes, `unexpected operation "${operation}"`)
  if (nodeNameOf(oldObject) !== node) {
    throw refusal(attributes, `node "${node}" can only update pod status for pods with spec.nodeName set to itself`)
  }
  if (!equalJson(object?.metadata.labels ?? {}, oldObject?.metadata.labels ?? {})) {
    throw refusal(attributes, `node "${node}" cannot update labels through pod status`)
  }
  const claims = (pod: unknown): unknown =>
    (pod as { status?: { resourceClaimStatuses?: unknown } } | undefined)?.status?.resourceClaimStatuses ?? []
  if (!equalJson(claims(object), claims(oldObject))) {
    throw refusal(attributes, `node "${node}" cannot update resource claim statues`)
  }
}

function restrictEviction(node: string, attributes: AdmissionAttributes, { find }: AdmissionContext): void {
  const pod = find('pods', attributes.name)
  if (pod === undefined) throw notFoundError({ group: '', resource: 'pods' }, attributes.name)
  if (nodeNameOf(pod) === node) return
  throw refusal(attributes, `node ${node} can only evict pods with spec.nodeName set to itself`)
}

type RestrictedNode = { spec?: { taints?: unknown[]; configSource?: unknown } } | undefined

function restrictNode(node: string, attributes: AdmissionAttributes): void {
  const { operation, name, object, oldObject } = attributes
  if (name !== node) throw refusal(attributes, `node "${node}" is not allowed to modify node "${name}"`)
  if (operation === 'DELETE') return
  const next = object as RestrictedNode
  const previous = oldObject as RestrictedNode
  const labels = forbiddenNodeLabels(object?.metadata.labels, oldObject?.metadata.labels).join(', ')
  if (operation === 'CREATE') {
    if (next?.spec?.configSource !== undefined) {
      throw refusal(attributes, `node "${node}" is not allowed to create pods with a non-nil configSource`)
    }
    if (labels === '') return
    throw refusal(attributes, `node "${node}" is not allowed to set the following labels: ${labels}`)
  }
  const source = next?.spec?.configSource
  if (source !== undefined && !equalJson(source, previous?.spec?.configSource)) {
    throw refusal(attributes, `node "${node}" is not allowed to update configSource to a new non-nil configSource`)
  }
  if (!equalJson(next?.spec?.taints ?? [], previous?.spec?.taints ?? [])) {
    throw refusal(attributes, `node "${node}" is not allowed to modify taints`)
  }
  if (labels !== '') throw refusal(attributes, `is not allowed to modify labels: ${labels}`)
}

/** What a node may say of a claim are its size and its conditions. */
function restrictClaim(node: string, attributes: AdmissionAttributes): void {
  const { operation, subresource, object, oldObject } = attributes
  if (subresource !== 'status') throw refusal(attributes, 'may only update PVC status')
  if (operation !== 'UPDATE') throw refusal(attributes, `unexpected operation "${operation}"`)
  if (equalJson(withoutClaimReport(object), withoutClaimReport(oldObject))) return
  const why = `node "${node}" is not allowed to update fields other than status.capacity and status.conditions`
  throw refusal(attributes, why)
}

const CLAIM_REPORT = ['capacity', 'conditions', 'allocatedResourceStatuses', 'allocatedResources']

function withoutClaimReport(claim: AdmissionAttributes['object']): unknown {
  if (claim === undefined) return undefined
  const { resourceVersion: _version, managedFields: _managers, ...metadata } = claim.metadata
  const status = Object.entries((claim['status'] ?? {})).filter(([field]) => !CLAIM_REPORT.includes(field))
  return { ...claim, metadata, status: Object.fromEntries(status) }
}

function restrictToken(node: string, attributes: AdmissionAttributes, { find }: AdmissionContext): void {
  const { operation, subresource, object } = attributes
  if (operation !== 'CREATE' || subresource !== 'token') return
  const { boundObjectRef: bound } = (object?.['spec'] ?? {}) as {
    boundObjectRef?: { apiVersion?: string; kind?: string; name?: string; uid?: string }
  }
  const { apiVersion, kind, name = '', uid = '' } = bound ?? {}
  if (apiVersion !== 'v1' || kind !== 'Pod' || name === '') {
    throw refusal(attributes, 'node requested token not bound to a pod')
  }
  if (uid === '') throw refusal(attributes, 'node requested token with a pod binding without a uid')
  const pod = find('pods', name)
  if (pod === undefined) throw notFoundError({ group: '', resource: 'pods' }, name)
  if (uid !== pod.metadata.uid) {
    const so = 'The object might have been deleted and then recreated'
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. ${so}`
    throw refusal(attributes, why)
  }
  if (nodeNameOf(pod) === node) return
  throw refusal(attributes, 'node requested token bound to a pod scheduled on a different node')
}

function restrictLease(node: string, attributes: AdmissionAttributes): void {
  if (attributes.namespace !== LEASE_NAMESPACE) {
    throw refusal(attributes, `can only access leases in the "${LEASE_NAMESPACE}" system namespace`)
  }
  if (attributes.name === node) return
  throw refusal(attributes, 'can only access node lease with the same name as the requesting node')
}

function restrictCsiNode(node: string, attributes: AdmissionAttributes): void {
  if (attributes.name === node) return
  throw refusal(attributes, 'can only access CSINode with the same name as the requesting node')
}

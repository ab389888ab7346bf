/** What a node may change: request → allowed, or why not, in upstream's words. */
import { describe, expect, it } from 'vitest'
import { createAdmissionChain } from '../../src/admission/chain.ts'
import type { AdmissionAttributes } from '../../src/admission/plugin.ts'
import { nodeRestriction } from '../../src/admission/plugins/node-restriction.ts'
import { defineKind } from '../../src/apis/define-kind.ts'
import type { World } from './admission-world.ts'
import { KINDS, aPod, anObject, attributes, context, refused } from './admission-world.ts'

const NODE = { username: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] }
const kind = (group: string, name: string, resource: string, type: string) =>
  defineKind({ group, version: 'v1', kind: name, resource, type, scope: 'Namespaced' })
const leases = kind('coordination.k8s.io', 'Lease', 'leases', 'V1Lease')
const csinodes = kind('storage.k8s.io', 'CSINode', 'csinodes', 'V1CSINode')
const accounts = kind('', 'ServiceAccount', 'serviceaccounts', 'V1ServiceAccount')
const claims = kind('', 'PersistentVolumeClaim', 'persistentvolumeclaims', 'V1PersistentVolumeClaim')
const evictions = { definition: KINDS.pods, subresource: 'eviction' }

/** Undefined when it is allowed. */
function refusalOf(given: Partial<AdmissionAttributes>, world: World = {}): string | undefined {
  const chain = createAdmissionChain([nodeRestriction])
  const request = attributes({ user: NODE, ...given })
  const act = (): void => {
    if (request.operation !== 'DELETE') chain.admit(request, context(world))
    chain.validate(request, context(world))
  }
  try {
    act()
    return undefined
  } catch {
    const { message = '', code } = refused(act)
    return `${String(code)} ${message}`
  }
}

type Row = readonly [what: string, given: Partial<AdmissionAttributes>, refusal: string | undefined, world?: World]

const check = (rows: readonly Row[]): void => {
  const cases = rows.map(([what, given, want, world = {}]) => ({ what, given, want, world }))
  it.each(cases)('$what', ({ given, want, world }) => {
    expect(refusalOf(given, world)).toBe(want)
  })
}

const mine = { nodeName: 'n1' }
const theirs = { nodeName: 'n2' }
const pods = (why: string): string => `403 pods "web" is forbidden: ${why}`
const nodes = (name: string, why: string): string => `403 nodes "${name}" is forbidden: ${why}`

describe('pods of a node', () => {
  const status = { operation: 'UPDATE', subresource: 'status' } as const
  const claimed = { resourceClaimStatuses: [{ name: 'c' }] }
  const eviction = { ...evictions, object: anObject('Eviction', 'web') }
  const labelled = (labels: Record<string, string>): AdmissionAttributes['object'] => aPod(mine, { labels })
  check([
    ['their status is its own to report', { ...status, object: aPod(mine), oldObject: aPod(mine) }, undefined],
    [
      "another node's pods are not",
      { ...status, object: aPod(theirs), oldObject: aPod(theirs) },
      pods('node "n1" can only update pod status for pods with spec.nodeName set to itself'),
    ],
    [
      'nor are pods of no node',
      { ...status, object: aPod(), oldObject: aPod() },
      pods('node "n1" can only update pod status for pods with spec.nodeName set to itself'),
    ],
    [
      'labels do not change with the status',
      { ...status, object: labelled({ a: '2' }), oldObject: labelled({ a: '1' }) },
      pods('node "n1" cannot update labels through pod status'),
    ],
    [
      'nor do resource claims',
      { ...status, object: { ...aPod(mine), status: claimed }, oldObject: aPod(mine) },
      pods('node "n1" cannot update resource claim statues'),
    ],
    [
      'pods themselves are not changed',
      { operation: 'UPDATE', object: aPod(mine), oldObject: aPod(mine) },
      pods('unexpected operation "UPDATE", node "n1" can only create and delete mirror pods'),
    ],
    [
      'nor bound',
      { operation: 'UPDATE', subresource: 'binding', object: aPod(mine), oldObject: aPod() },
      pods('unexpected pod subresource "binding", only \'status\' and \'eviction\' are allowed'),
    ],
    ['they are deleted by it', { operation: 'DELETE', oldObject: aPod(mine) }, undefined],
    [
      "another node's are not",
      { operation: 'DELETE', oldObject: aPod(theirs) },
      pods('node "n1" can only delete pods with spec.nodeName set to itself'),
    ],
    ['they are evicted by it', eviction, undefined, { objects: { 'pods/web': aPod(mine) } }],
    [
      "another node's are not evicted",
      eviction,
      pods('node n1 can only evict pods with spec.nodeName set to itself'),
      { objects: { 'pods/web': aPod(theirs) } },
    ],
    ['nor is one that is not there', eviction, '404 pods "web" not found'],
  ])
})

describe('mirror pods', () => {
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u', controller: true }
  const mirror = (spec: object, metadata: object = {}): Partial<AdmissionAttributes> => ({
    object: aPod(
      { ...mine, ...spec },
      { annotations: { 'kubernetes.io/config.mirror': 'x' }, ownerReferences: [owner], ...metadata },
    ),
  })
  const says = (why: string): string => pods(`node "n1" ${why}`)
  const container = (more: object): object => ({ containers: [{ name: 'main', ...more }] })
  check([
    ['are made by their node', mirror({}), undefined],
    ['say that they are mirrors', mirror({}, { annotations: {} }), says('can only create mirror pods')],
    ['are bound to it', mirror(theirs), says('can only create pods with spec.nodeName set to itself')],
    [
      'have one owner',
      mirror({}, { ownerReferences: [owner, owner] }),
      says('can only create pods with a single owner reference set to itself'),
    ],
    [
      'which is the node',
      mirror({}, { ownerReferences: [{ ...owner, name: 'n2' }] }),
      says('can only create pods with an owner reference set to itself'),
    ],
    [
      'as their controller',
      mirror({}, { ownerReferences: [{ ...owner, controller: false }] }),
      says('can only create pods with a controller owner reference set to itself'),
    ],
    [
      'which they do not hold up',
      mirror({}, { ownerReferences: [{ ...owner, blockOwnerDeletion: true }] }),
      says('must not set blockOwnerDeletion on an owner reference'),
    ],
    [
      'have no account',
      mirror({ serviceAccountName: 'default' }),
      says('can not create pods that reference a service account'),
    ],
    [
      'name no secret',
      mirror({ volumes: [{ name: 'v', secret: {} }] }),
      says('can not create pods that reference secrets'),
    ],
    ...[
      { volumes: [{ name: 'v', configMap: {} }] },
      { volumes: [{ name: 'v', projected: { sources: [{ configMap: {} }] } }] },
      container({ envFrom: [{ configMapRef: { name: 'c' } }] }),
      container({ env: [{ name: 'E', valueFrom: { configMapKeyRef: { name: 'c' } } }] }),
    ].map((spec): Row => [
      `name no ConfigMap, as in ${JSON.stringify(spec)}`,
      mirror(spec),
      says('can not create pods that reference configmaps'),
    ]),
    [
      'name no trust bundle',
      mirror({ volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: {} }] } }] }),
      says('can not create pods that reference clustertrustbundles'),
    ],
    [
      'name no claim',
      mirror({ volumes: [{ name: 'v', persistentVolumeClaim: {} }] }),
      says('can not create pods that reference persistentvolumeclaims'),
    ],
  ])
})

describe('the Node of a node', () => {
  const node = (labels: Record<string, string> = {}, spec: object = {}): AdmissionAttributes['object'] =>
    anObject('Node', 'n1', { metadata: { labels }, spec })
  const write = (next: AdmissionAttributes['object'], previous?: AdmissionAttributes['object']) => ({
    definition: KINDS.nodes,
    name: 'n1',
    operation: previous === undefined ? ('CREATE' as const) : ('UPDATE' as const),
    object: next,
    oldObject: previous,
  })
  check([
    ['is made, changed and deleted by it', write(node()), undefined],
    ['also its status', { ...write(node(), node()), subresource: 'status' }, undefined],
    ['and deleted', { definition: KINDS.nodes, name: 'n1', operation: 'DELETE', oldObject: node() }, undefined],
    [
      'is no other',
      { definition: KINDS.nodes, name: 'n2', operation: 'DELETE', oldObject: anObject('Node', 'n2') },
      nodes('n2', 'node "n1" is not allowed to modify node "n2"'),
    ],
    [
      'says where and what it is',
      write(node({ 'kubernetes.io/hostname': '', 'node.kubernetes.io/x': '', 'a.kubelet.kubernetes.io/y': '', z: '' })),
      undefined,
    ],
    [
      'draws no workloads by other labels of Kubernetes',
      write(node({ 'node-role.kubernetes.io/x': '', 'node-restriction.kubernetes.io/a': '', 'a.k8s.io/b': '' })),
      nodes(
        'n1',
        'node "n1" is not allowed to set the following labels: ' +
          'a.k8s.io/b, node-restriction.kubernetes.io/a, node-role.kubernetes.io/x',
      ),
    ],
    ['keeps what others labelled it with', write(node({ 'a.k8s.io/b': '1' }), node({ 'a.k8s.io/b': '1' })), undefined],
    [
      'does not take that off',
      write(node(), node({ 'a.k8s.io/b': '1' })),
      nodes('n1', 'is not allowed to modify labels: a.k8s.io/b'),
    ],
    [
      'keeps its taints',
      write(node(), node({}, { taints: [{ key: 'k', effect: 'NoSchedule' }] })),
      nodes('n1', 'node "n1" is not allowed to modify taints'),
    ],
    [
      'has no configuration of its own choice',
      write(node({}, { configSource: {} })),
      nodes('n1', 'node "n1" is not allowed to create pods with a non-nil configSource'),
    ],
    [
      'nor gets one later',
      write(node({}, { configSource: {} }), node()),
      nodes('n1', 'node "n1" is not allowed to update configSource to a new non-nil configSource'),
    ],
  ])
})

describe('what else is of a node', () => {
  const lease = (name: string, namespace: string) => {
    return { definition: leases, name, namespace, object: anObject('Lease', name) }
  }
  const token = (bound: object | undefined) => ({
    definition: accounts,
    subresource: 'token',
    name: 'default',
    object: { apiVersion: 'v1', kind: 'TokenRequest', metadata: {}, spec: { boundObjectRef: bound } },
  })
  const forPod = { apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'u' }
  const claim = (status: object): AdmissionAttributes['object'] => anObject('PersistentVolumeClaim', 'c', { status })
  const accountRefusal = (why: string): string => `403 serviceaccounts "default" is forbidden: ${why}`
  const leaseRefusal = (name: string, why: string): string =>
    `403 leases.coordination.k8s.io "${name}" is forbidden: ${why}`
  const withPod = (spec: Record<string, unknown>): World => ({ objects: { 'pods/web': aPod(spec, { uid: 'u' }) } })
  check([
    ['its lease', lease('n1', 'kube-node-lease'), undefined],
    [
      'no lease elsewhere',
      lease('n1', 'shop'),
      leaseRefusal('n1', 'can only access leases in the "kube-node-lease" system namespace'),
    ],
    [
      'no lease of another',
      lease('n2', 'kube-node-lease'),
      leaseRefusal('n2', 'can only access node lease with the same name as the requesting node'),
    ],
    ['its CSINode', { definition: csinodes, name: 'n1', object: anObject('CSINode', 'n1') }, undefined],
    [
      'no CSINode of another',
      { definition: csinodes, name: 'n2', object: anObject('CSINode', 'n2') },
      '403 csinodes.storage.k8s.io "n2" is forbidden: ' +
        'can only access CSINode with the same name as the requesting node',
    ],
    ['tokens for its pods', token(forPod), undefined, withPod(mine)],
    ['no token for nobody', token(undefined), accountRefusal('node requested token not bound to a pod')],
    [
      'no token for any pod of a name',
      token({ ...forPod, uid: '' }),
      accountRefusal('node requested token with a pod binding without a uid'),
    ],
    ['no token for a pod that is not there', token(forPod), '404 pods "web" not found'],
    [
      'no token for the next pod of a name',
      token({ ...forPod, uid: 'old' }),
      accountRefusal(
        'the UID in the bound object reference (old) does not match the UID in record. The object might have been ' +
          'deleted and then recreated',
      ),
      withPod(mine),
    ],
    [
      'no token for a pod elsewhere',
      token(forPod),
      accountRefusal('node requested token bound to a pod scheduled on a different node'),
      withPod(theirs),
    ],
    [
      'the size of a claim',
      {
        definition: claims,
        subresource: 'status',
        operation: 'UPDATE',
        name: 'c',
        object: claim({ capacity: { storage: '1Gi' } }),
        oldObject: claim({}),
      },
      undefined,
    ],
    [
      'no more of it',
      {
        definition: claims,
        subresource: 'status',
        operation: 'UPDATE',
        name: 'c',
        object: claim({ phase: 'Lost' }),
        oldObject: claim({ phase: 'Bound' }),
      },
      '403 persistentvolumeclaims "c" is forbidden: ' +
        'node "n1" is not allowed to update fields other than status.capacity and status.conditions',
    ],
    [
      'and nothing of what it claims',
      { definition: claims, operation: 'DELETE', name: 'c', oldObject: claim({}) },
      '403 persistentvolumeclaims "c" is forbidden: may only update PVC status',
    ],
  ])
})

describe('who is a node', () => {
  const foreign = { operation: 'DELETE' as const, oldObject: aPod(theirs) }
  check([
    ['nobody outside the group', { ...foreign, user: { ...NODE, groups: ['system:authenticated'] } }, undefined],
    ['nobody of another name', { ...foreign, user: { ...NODE, username: 'kubelet' } }, undefined],
    [
      'not even a node without a name',
      { ...foreign, user: { ...NODE, username: 'system:node:' } },
      pods('could not determine node from user "system:node:"'),
    ],
    ['whoever it is, other kinds are left to the authorizer', { definition: KINDS.configmaps }, undefined],
  ])
})

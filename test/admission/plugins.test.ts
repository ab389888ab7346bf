import { describe, expect, it } from 'vitest'
import type { AnyObject } from '../../src/apimachinery/meta.ts'
import { createAdmissionChain } from '../../src/admission/chain.ts'
import type { AdmissionAttributes } from '../../src/admission/plugin.ts'
import { ADMISSION_PLUGINS } from '../../src/admission/plugins.ts'
import { defaultTolerationSeconds } from '../../src/admission/plugins/default-toleration-seconds.ts'
import { namespaceLifecycle } from '../../src/admission/plugins/namespace-lifecycle.ts'
import { priority } from '../../src/admission/plugins/priority.ts'
import { persistentVolumeClaimResize } from '../../src/admission/plugins/persistent-volume-claim-resize.ts'
import { runtimeClass } from '../../src/admission/plugins/runtime-class.ts'
import { taintNodesByCondition } from '../../src/admission/plugins/taint-nodes-by-condition.ts'
import type { World } from './admission-world.ts'
import { KINDS, aPod, anObject, attributes, context, refused } from './admission-world.ts'

function run(
  plugin: (typeof ADMISSION_PLUGINS)[number],
  given: AdmissionAttributes,
  world: World = {},
): AnyObject | undefined {
  const chain = createAdmissionChain([plugin])
  const surroundings = context(world)
  if (given.operation !== 'DELETE') chain.admit(given, surroundings)
  chain.validate(given, surroundings)
  return given.object
}

describe('the list of plugins', () => {
  it('runs in upstream\'s order', () => {
    expect(ADMISSION_PLUGINS.map(({ name }) => name)).toEqual([
      'NamespaceLifecycle',
      'ServiceAccount',
      'NodeRestriction',
      'TaintNodesByCondition',
      'Priority',
      'DefaultTolerationSeconds',
      'PersistentVolumeClaimResize',
      'RuntimeClass',
    ])
  })

  it('gives a plain pod its account, token volume, priority and tolerations', () => {
    const pod = aPod()
    const world = context({ objects: { 'serviceaccounts/default': anObject('ServiceAccount', 'default') } })
    const chain = createAdmissionChain(ADMISSION_PLUGINS)
    chain.admit(attributes({ object: pod }), world)
    chain.validate(attributes({ object: pod }), world)
    expect(pod.spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      volumes: [{ name: 'kube-api-access-bbbbb' }],
      tolerations: [{ key: 'node.kubernetes.io/not-ready' }, { key: 'node.kubernetes.io/unreachable' }],
    })
  })

  it('refuses at the first plugin: a missing namespace beats a missing account', () => {
    const chain = createAdmissionChain(ADMISSION_PLUGINS)
    const given = attributes({ object: aPod() })
    expect(refused(() => chain.admit(given, context({ namespacePhase: 'absent' }))).code).toBe(404)
  })
})

describe('NamespaceLifecycle', () => {
  const map = anObject('ConfigMap', 'm')
  const create = attributes({ definition: KINDS.configmaps, object: map })

  it('answers 404 for a namespace that is not there', () => {
    expect(refused(() => run(namespaceLifecycle, create, { namespacePhase: 'absent' }))).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'namespaces "shop" not found',
      details: { name: 'shop', kind: 'namespaces' },
    })
  })

  it('answers 403 with its cause for a namespace that is going away', () => {
    expect(refused(() => run(namespaceLifecycle, create, { namespacePhase: 'terminating' }))).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      message:
        'configmaps "m" is forbidden: unable to create new content in namespace shop because it is being ' +
        'terminated',
      details: {
        name: 'm',
        kind: 'configmaps',
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace shop is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    })
  })

  it.each(['default', 'kube-system', 'kube-public'])('keeps the namespace %s', (name) => {
    const given = attributes({ operation: 'DELETE', definition: KINDS.namespaces, namespace: '', name })
    expect(refused(() => run(namespaceLifecycle, given))).toMatchObject({
      code: 403,
      message: `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    })
  })

  const allowed: [string, Partial<AdmissionAttributes>, World][] = [
    ['a create in a living namespace', { definition: KINDS.configmaps, object: map }, {}],
    [
      'an update in one that is going away',
      { operation: 'UPDATE', definition: KINDS.configmaps, object: map, oldObject: map },
      { namespacePhase: 'terminating' },
    ],
    [
      'a deletion in one that is going away',
      { operation: 'DELETE', definition: KINDS.configmaps },
      { namespacePhase: 'terminating' },
    ],
    [
      'a review about one that is not there',
      { definition: KINDS.reviews, object: anObject('LocalSubjectAccessReview', '') },
      { namespacePhase: 'absent' },
    ],
    [
      'the deletion of another namespace',
      { operation: 'DELETE', definition: KINDS.namespaces, namespace: '', name: 'shop' },
      {},
    ],
    [
      'an object of the cluster scope',
      { definition: KINDS.nodes, namespace: '', object: anObject('Node', 'n') },
      { namespacePhase: 'absent' },
    ],
    [
      'a configmap named default to be deleted',
      { operation: 'DELETE', definition: KINDS.configmaps, name: 'default' },
      {},
    ],
  ]
  it.each(allowed)('lets through %s', (_, given, world) => {
    expect(() => run(namespaceLifecycle, attributes(given), world)).not.toThrow()
  })
})

describe('Priority', () => {
  const classes = {
    'priorityclasses.scheduling.k8s.io/high': { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' },
    'priorityclasses.scheduling.k8s.io/bare': { metadata: { name: 'bare' }, value: 7 },
    'priorityclasses.scheduling.k8s.io/system-node-critical': {
      metadata: { name: 'system-node-critical' },
      value: 2000001000,
      preemptionPolicy: 'PreemptLowerPriority',
    },
  }
  const usual = {
    ...classes,
    'priorityclasses.scheduling.k8s.io/usual': {
      metadata: { name: 'usual' },
      value: 50,
      globalDefault: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
  }

  const table: [string, Record<string, unknown>, Record<string, object>, Record<string, unknown>][] = [
    ['no class at all', {}, {}, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }],
    [
      'no class where a default is',
      {},
      usual,
      { priorityClassName: 'usual', priority: 50, preemptionPolicy: 'PreemptLowerPriority' },
    ],
    [
      'a class',
      { priorityClassName: 'high' },
      usual,
      { priorityClassName: 'high', priority: 1000, preemptionPolicy: 'Never' },
    ],
    [
      'a class without a preemption policy',
      { priorityClassName: 'bare', preemptionPolicy: 'Never' },
      classes,
      { priorityClassName: 'bare', priority: 7, preemptionPolicy: 'Never' },
    ],
    [
      'a system class',
      { priorityClassName: 'system-node-critical' },
      classes,
      { priorityClassName: 'system-node-critical', priority: 2000001000, preemptionPolicy: 'PreemptLowerPriority' },
    ],
    [
      'the number that its class has',
      { priorityClassName: 'high', priority: 1000 },
      classes,
      { priorityClassName: 'high', priority: 1000, preemptionPolicy: 'Never' },
    ],
  ]
  it.each(table)('resolves %s', (_, spec, objects, want) => {
    const pod = run(priority, attributes({ object: aPod(spec) }), { objects })
    expect(pod?.spec).toEqual({ containers: [{ name: 'main' }], ...want })
  })

  const refusals: [string, Record<string, unknown>, string][] = [
    ['an unknown class', { priorityClassName: 'gone' }, 'no PriorityClass with name gone was found'],
    [
      'another number than its class has',
      { priorityClassName: 'high', priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed ' +
        '1000 from the given PriorityClass name',
    ],
    [
      'a number without a class',
      { priority: 5 },
      'the integer value of priority (5) must not be provided in pod spec; priority admission controller computed ' +
        '0 from the given PriorityClass name',
    ],
    [
      'another preemption policy than its class has',
      { priorityClassName: 'high', preemptionPolicy: 'PreemptLowerPriority' },
      'the string value of PreemptionPolicy (PreemptLowerPriority) must not be provided in pod spec; priority ' +
        'admission controller computed Never from the given PriorityClass name',
    ],
  ]
  it.each(refusals)('refuses %s', (_, spec, why) => {
    expect(refused(() => run(priority, attributes({ object: aPod(spec) }), { objects: classes }))).toMatchObject({
      code: 403,
      message: `pods "web" is forbidden: ${why}`,
    })
  })

  it('keeps the priority of a pod whose update leaves it out', () => {
    const oldObject = aPod({ priority: 9, preemptionPolicy: 'Never' })
    const object = run(priority, attributes({ operation: 'UPDATE', object: aPod(), oldObject }))
    expect(object?.spec).toMatchObject({ priority: 9, preemptionPolicy: 'Never' })
  })

  const aClass = (name: string, globalDefault: boolean): Partial<AdmissionAttributes> => ({
    definition: KINDS.priorityclasses,
    namespace: '',
    object: anObject('PriorityClass', name, { value: 1, globalDefault }),
  })

  it('refuses a second default class', () => {
    expect(refused(() => run(priority, attributes(aClass('other', true)), { objects: usual })).message).toBe(
      'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. ' +
        'Only one default can exist',
    )
  })

  it.each([
    ['the default itself', { ...aClass('usual', true), operation: 'UPDATE' }],
    ['a class that is not default', aClass('other', false)],
  ] satisfies [string, Partial<AdmissionAttributes>][])('lets through %s', (_, given) => {
    expect(() => run(priority, attributes(given), { objects: usual })).not.toThrow()
  })
})

describe('DefaultTolerationSeconds', () => {
  const notReady = {
    key: 'node.kubernetes.io/not-ready',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }
  const unreachable = { ...notReady, key: 'node.kubernetes.io/unreachable' }
  const table: [string, object[] | undefined, object[]][] = [
    ['no tolerations', undefined, [notReady, unreachable]],
    [
      'another toleration',
      [{ key: 'gpu', operator: 'Exists' }],
      [{ key: 'gpu', operator: 'Exists' }, notReady, unreachable],
    ],
    [
      'its own for one of them',
      [{ ...notReady, tolerationSeconds: 5 }],
      [{ ...notReady, tolerationSeconds: 5 }, unreachable],
    ],
    [
      'a toleration of every effect of one',
      [{ key: unreachable.key, operator: 'Exists' }],
      [{ key: unreachable.key, operator: 'Exists' }, notReady],
    ],
    ['a toleration of everything', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    [
      'only another effect',
      [{ ...notReady, effect: 'NoSchedule' }],
      [{ ...notReady, effect: 'NoSchedule' }, notReady, unreachable],
    ],
  ]
  it.each(table)('given %s adds what is missing', (_, tolerations, want) => {
    const object = run(
      defaultTolerationSeconds,
      attributes({ object: aPod(tolerations === undefined ? {} : { tolerations }) }),
    )
    expect(object?.spec).toMatchObject({ tolerations: want })
  })

  it('leaves the status of a pod alone', () => {
    const object = aPod()
    run(defaultTolerationSeconds, attributes({ operation: 'UPDATE', subresource: 'status', object, oldObject: object }))
    expect(object).toEqual(aPod())
  })
})

describe('TaintNodesByCondition', () => {
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
  const node = (taints?: object[]): AnyObject => anObject('Node', 'n', taints === undefined ? {} : { spec: { taints } })
  const at = (given: Partial<AdmissionAttributes>): AdmissionAttributes => attributes(
    { definition: KINDS.nodes, namespace: '', ...given },
  )

  it.each([
    ['none', undefined, [taint]],
    ['another', [{ key: 'gpu', effect: 'NoSchedule' }], [{ key: 'gpu', effect: 'NoSchedule' }, taint]],
    ['the same with another effect', [{ ...taint, effect: 'NoExecute' }], [{ ...taint, effect: 'NoExecute' }, taint]],
    ['the taint itself', [{ ...taint, timeAdded: 'x' }], [{ ...taint, timeAdded: 'x' }]],
  ])('taints a new node that has %s', (_, taints, want) => {
    expect(run(taintNodesByCondition, at({ object: node(taints) }))?.spec).toMatchObject({ taints: want })
  })

  it('leaves an update alone', () => {
    expect(run(taintNodesByCondition, at({ operation: 'UPDATE', object: node(), oldObject: node() }))).toEqual(node())
  })
})

describe('RuntimeClass', () => {
  const objects = {
    'runtimeclasses.node.k8s.io/plain': { metadata: { name: 'plain' }, handler: 'h' },
    'runtimeclasses.node.k8s.io/heavy': {
      metadata: { name: 'heavy' },
      handler: 'h',
      overhead: { podFixed: { cpu: '250m' } },
    },
    'runtimeclasses.node.k8s.io/placed': {
      metadata: { name: 'placed' },
      handler: 'h',
      scheduling: { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'gpu', operator: 'Exists' }] },
    },
  }
  const table: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['no class', {}, {}],
    ['a class that adds nothing', { runtimeClassName: 'plain' }, { runtimeClassName: 'plain' }],
    ['a class with overhead', { runtimeClassName: 'heavy' }, { runtimeClassName: 'heavy', overhead: { cpu: '250m' } }],
    [
      'the same overhead in other words',
      { runtimeClassName: 'heavy', overhead: { cpu: '0.25' } },
      { runtimeClassName: 'heavy', overhead: { cpu: '250m' } },
    ],
    [
      'a class with places',
      { runtimeClassName: 'placed' },
      { runtimeClassName: 'placed', nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'gpu', operator: 'Exists' }] },
    ],
    [
      'its own places besides the class\'s',
      {
        runtimeClassName: 'placed',
        nodeSelector: { zone: 'a', disk: 'ssd' },
        tolerations: [{ key: 'gpu', operator: 'Equal', value: 'x' }],
      },
      {
        runtimeClassName: 'placed',
        nodeSelector: { zone: 'a', disk: 'ssd' },
        tolerations: [{ key: 'gpu', operator: 'Exists' }],
      },
    ],
  ]
  it.each(table)('given %s sets what the class says', (_, spec, want) => {
    expect(
      run(runtimeClass, attributes({ object: aPod(spec) }), { objects })?.spec,
    ).toEqual({ containers: [{ name: 'main' }], ...want })
  })

  it('fails at a class without a name, as upstream\'s client does', () => {
    const given = attributes({ object: aPod({ runtimeClassName: '' }) })
    expect(refused(() => run(runtimeClass, given, { objects }))).toMatchObject({
      code: 500,
      message: 'resource name may not be empty',
    })
  })

  const refusals: [string, Record<string, unknown>, string][] = [
    ['a class that is not there', { runtimeClassName: 'gone' }, 'pod rejected: RuntimeClass "gone" not found'],
    [
      'another overhead',
      { runtimeClassName: 'heavy', overhead: { cpu: '1' } },
      "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
    ],
    [
      'overhead without a class',
      { overhead: { cpu: '1' } },
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    ],
    [
      'a contradicting node selector',
      { runtimeClassName: 'placed', nodeSelector: { disk: 'hdd' } },
      'conflict: runtimeClass.scheduling.nodeSelector[disk] = ssd; pod.spec.nodeSelector[disk] = hdd',
    ],
  ]
  it.each(refusals)('refuses %s', (_, spec, why) => {
    expect(refused(() => run(runtimeClass, attributes({ object: aPod(spec) }), { objects }))).toMatchObject({
      code: 403,
      message: `pods "web" is forbidden: ${why}`,
    })
  })
})

describe('PersistentVolumeClaimResize', () => {
  const objects = {
    'storageclasses.storage.k8s.io/grows': { metadata: { name: 'grows' }, allowVolumeExpansion: true },
    'storageclasses.storage.k8s.io/stays': { metadata: { name: 'stays' } },
  }
  const claim = (storage: string, storageClassName: string | undefined, phase: string, class_?: string): AnyObject =>
    anObject('PersistentVolumeClaim', 'data', {
      metadata: class_ === undefined ? {} : { annotations: { 'volume.beta.kubernetes.io/storage-class': class_ } },
      spec: { resources: { requests: { storage } }, storageClassName },
      status: { phase },
    })
  const resize = (next: AnyObject, previous: AnyObject, subresource = ''): void => {
    const definition = KINDS.persistentvolumeclaims
    const given = { operation: 'UPDATE', definition, subresource, object: next, oldObject: previous } as const
    run(persistentVolumeClaimResize, attributes(given), { objects })
  }
  const CANNOT =
    'persistentvolumeclaims "data" is forbidden: only dynamically provisioned pvc can be resized and the ' +
    'storageclass that provisions the pvc must support resize'

  it.each<[what: string, next: AnyObject, previous: AnyObject]>([
    ['a bound claim of a class that grows', claim('2Gi', 'grows', 'Bound'), claim('1Gi', 'grows', 'Bound')],
    [
      'one whose class is in its annotation',
      claim('2Gi', undefined, 'Bound', 'grows'),
      claim('1Gi', undefined, 'Bound', 'grows'),
    ],
    ['one that stays as large', claim('1024Mi', 'stays', 'Bound'), claim('1Gi', 'stays', 'Bound')],
    ['one that shrinks, which is for validation to judge', claim('1Mi', '', 'Pending'), claim('1Gi', '', 'Pending')],
  ])('lets %s pass', (_, next, previous) => {
    expect(() => { resize(next, previous) }).not.toThrow()
  })

  it.each<[what: string, next: AnyObject, previous: AnyObject, want: string]>([
    [
      'one that is not bound',
      claim('2Gi', 'grows', 'Bound'),
      claim('1Gi', 'grows', 'Pending'),
      'persistentvolumeclaims "data" is forbidden: Only bound persistent volume claims can be expanded',
    ],
    ['one of a class that does not grow', claim('2Gi', 'stays', 'Bound'), claim('1Gi', 'stays', 'Bound'), CANNOT],
    ['one of a class that is not there', claim('2Gi', 'gone', 'Bound'), claim('1Gi', 'gone', 'Bound'), CANNOT],
    ['one of no class', claim('2Gi', '', 'Bound'), claim('1Gi', '', 'Bound'), CANNOT],
    ['one that changes its class', claim('2Gi', 'grows', 'Bound'), claim('1Gi', 'stays', 'Bound'), CANNOT],
  ])('refuses %s', (_, next, previous, want) => {
    expect(refused(() => { resize(next, previous) })).toMatchObject({ code: 403, message: want })
    expect(() => { resize(next, previous, 'status') }).not.toThrow()
  })
})

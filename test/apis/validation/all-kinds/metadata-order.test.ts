/**
 * Where errors of metadata stand among a kind's own when an update has both (kubernetes/kubernetes pkg/apis,
 * ValidateXUpdate; pkg/registry, ValidateUpdate of strategies): M is an error of a label, which all kinds tell twice
 * before anything else.
 */
import { describe, expect, it } from 'vitest'
import { testApi } from '../../../support/api.ts'

interface Change {
  readonly resource: string
  readonly isCluster?: true
  /** Where it is written to, if not to the object itself. */
  readonly subresource?: string
  readonly made: object
  /** What differs, beside the label. */
  readonly next: object
  readonly want: string
}

const labels = { a: 'b' }
const selected = { manualSelector: true, selector: { matchLabels: labels } }
const template = { metadata: { labels }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } }
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' }
const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const NODE = '/apis/node.k8s.io/v1'
const STORAGE = '/apis/storage.k8s.io/v1'
const NETWORKING = '/apis/networking.k8s.io/v1'
const local = (root: string, plural: string): string => `${root}/namespaces/default/${plural}`
const storageClass = { provisioner: 'a.io/b', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }

const CHANGES: readonly Change[] = [
  {
    resource: local('/apis/batch/v1', 'jobs'),
    made: { spec: { ...selected, template } },
    next: { spec: { ...selected, template, backoffLimit: -1, completions: 7 } },
    want: 'M M M spec.backoffLimit M spec.backoffLimit spec.completions',
  },
  {
    resource: `${RBAC}/clusterroles`,
    isCluster: true,
    made: { rules: [] },
    next: { rules: [{ verbs: [], nonResourceURLs: ['/a'] }] },
    want: 'M M M rules[0].verbs M',
  },
  {
    resource: local(RBAC, 'rolebindings'),
    made: { roleRef },
    next: { roleRef: { ...roleRef, name: 'b' }, subjects: [{ kind: 'User', name: '', apiGroup: roleRef.apiGroup }] },
    want: 'M M M subjects[0].name M roleRef',
  },
  {
    resource: `${NODE}/runtimeclasses`,
    isCluster: true,
    made: { handler: 'a' },
    next: { handler: 'B' },
    want: 'M M M handler M handler',
  },
  {
    resource: `${STORAGE}/storageclasses`,
    isCluster: true,
    made: storageClass,
    next: { ...storageClass, provisioner: 'A b' },
    want: 'M M M provisioner M provisioner',
  },
  {
    resource: `${STORAGE}/volumeattributesclasses`,
    isCluster: true,
    made: { driverName: 'a.io', parameters: { a: 'b' } },
    next: { driverName: 'A b', parameters: { a: 'b' } },
    want: 'M M M driverName M driverName',
  },
  {
    resource: `${NETWORKING}/ingressclasses`,
    isCluster: true,
    made: { spec: { controller: 'a.io/b' } },
    next: { spec: { controller: '/' } },
    want: 'M M M spec.controller M spec.controller',
  },
  {
    resource: local('/api/v1', 'secrets'),
    made: { type: 'Opaque' },
    next: { type: 'a/b', data: { '/': '' } },
    want: 'M M M type M data[/]',
  },
  {
    resource: local('/apis/apps/v1', 'controllerrevisions'),
    made: { revision: 1, data: { a: 1 } },
    next: { revision: -1, data: { a: 2 } },
    want: 'M M M M revision data',
  },
  {
    resource: local('/apis/apps/v1', 'statefulsets'),
    subresource: 'status',
    made: {
      spec: {
        serviceName: 'a',
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    },
    next: { status: { replicas: 1, collisionCount: -1 } },
    want: 'M M status.collisionCount M',
  },
]

describe('errors of metadata on update', () => {
  it.each(CHANGES)('of $resource: $want', async ({ resource, isCluster, subresource, made, next, want }) => {
    const api = testApi(isCluster === true ? '' : 'default')
    const created = await api.json('POST', resource, { body: { ...made, metadata: { name: 'a' } } })
    expect(created.code).toBe(201)
    const at = `${resource}/a${subresource === undefined ? '' : `/${subresource}`}`
    const metadata = { name: 'a', resourceVersion: created.body['metadata']?.['resourceVersion'], labels: { a: '/' } }
    const { code, body } = await api.json('PUT', at, { body: { ...made, ...next, metadata } })
    const causes = body['details']?.['causes'] as unknown as { field: string }[]
    expect(code).toBe(422)
    expect(causes.map(({ field }) => (field === 'metadata.labels' ? 'M' : field)).join(' ')).toBe(want)
  })
})

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

describe('errors of metadata of a new object', () => {
  it.each([
    // kube-aggregator pkg/apis/apiregistration/validation/validation.go, ValidateAPIService
    ['/apis/apiregistration.k8s.io/v1/apiservices', 'v1.a.example',
      { spec: { group: 'b.example', version: 'v1', groupPriorityMinimum: 1, versionPriority: 0 } },
      'metadata.name M spec.versionPriority'],
    // pkg/apis/certificates/validation/validation.go, ValidateCertificateRequestName
    [REQUESTS, 'a%', { spec: { request: 'YQ==', signerName: 'a.example/b', usages: ['any', 'any'] } },
      'M spec.request spec.usages[1]'],
  ])('stand where upstream has them: %s', async (resource, name, made, want) => {
    const metadata = { name, labels: { a: '/' } }
    const { code, body } = await testApi('').json('POST', resource, { body: { ...made, metadata } })
    const causes = body['details']?.['causes'] as unknown as { field: string }[]
    expect(code).toBe(422)
    expect(causes.map(({ field }) => (field === 'metadata.labels' ? 'M' : field)).join(' ')).toBe(want)
  })
})

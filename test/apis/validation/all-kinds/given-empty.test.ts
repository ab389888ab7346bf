/**
 * Lists and maps that a request gives with nothing in them: Go tells them from none until they are stored, and messages
 * show it (kubernetes/kubernetes pkg/apis, the rules named by each row), however often the object is copied on its way.
 */
import { describe, expect, it } from 'vitest'
import { testApi } from '../../../support/api.ts'

const BATCH = '/apis/batch/v1/namespaces/default/jobs'
const RESOURCE = '/apis/resource.k8s.io/v1'
const templateWith = (ports: readonly object[], more: object = {}): object => ({
  ...more,
  spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i', ports }] },
})
const template = templateWith([{ containerPort: 1 }])
const selected = { manualSelector: true, selector: { matchLabels: { a: 'b' } } }
const storageClass = { provisioner: 'a.io/b', reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }
const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'd' } }] }
const pool = { name: 'p', resourceSliceCount: 1, generation: 1 }

describe('what is given empty', () => {
  it.each([
    // ValidateJobSpec
    [BATCH, { spec: { ...selected, template: templateWith([], { metadata: { labels: {} } }) } },
      'spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`'],
    // validateResourceClaimTemplateSpec
    [`${RESOURCE}/namespaces/default/resourceclaimtemplates`,
      { spec: { metadata: { finalizers: [] }, spec: { devices } } },
      'spec.metadata.finalizers: Forbidden: cannot be set'],
    // validateResourceSliceSpec
    [`${RESOURCE}/resourceslices`,
      { spec: { driver: 'a.io', pool, nodeName: 'n', devices: [{ name: 'd' }], sharedCounters: [] } },
      'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed'],
  ])('is told of in a new object: %s', async (resource, made, want) => {
    const api = testApi(resource.includes('/namespaces/') ? 'default' : '')
    const { body } = await api.json('POST', resource, { body: { ...made, metadata: { name: 'a' } } })
    expect(body['message']).toContain(want)
  })

  it.each([
    // ValidateJobSpecUpdate
    [BATCH, { spec: { template } }, { spec: { template: templateWith([]) } },
      '"Image":"i","Command":null,"Args":null,"WorkingDir":"","Ports":[],'],
    // ValidateServiceCIDRUpdate
    ['/apis/networking.k8s.io/v1/servicecidrs', { spec: { cidrs: ['10.0.0.0/24'] } }, { spec: { cidrs: [] } },
      'spec.cidrs: Invalid value: []: field is immutable'],
    // ValidateStorageClassUpdate
    ['/apis/storage.k8s.io/v1/storageclasses',
      { ...storageClass, parameters: { a: 'b' } },
      { ...storageClass, parameters: {} },
      'parameters: Invalid value: {}: field is immutable'],
  ])('is told of in an update: %s', async (resource, made, next, want) => {
    const api = testApi(resource.includes('/namespaces/') ? 'default' : '')
    const created = await api.json('POST', resource, { body: { ...made, metadata: { name: 'a' } } })
    expect(created.code).toBe(201)
    const metadata = { name: 'a', resourceVersion: created.body['metadata']?.['resourceVersion'] }
    const { body } = await api.json('PUT', `${resource}/a`, { body: { ...next, metadata } })
    expect(body['message']).toContain(want)
  })
})

/**
 * What of metadata the status of an object may be written with (metav1.ResetObjectMetaForStatus; kubernetes/kubernetes
 * pkg/registry/flowcontrol/flowschema/strategy.go, pkg/registry/storage/volumeattachment/strategy.go).
 */
import { describe, expect, test } from 'vitest'
import { testApi } from '../../support/api.ts'

const MERGE = { 'content-type': 'application/merge-patch+json' }
const FLOW_SCHEMAS = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'
const ATTACHMENTS = '/apis/storage.k8s.io/v1/volumeattachments'
const flowSchema = { spec: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 7 } }
const attachment = { spec: { attacher: 'a.b', nodeName: 'n', source: { persistentVolumeName: 'v' } } }

async function patched(path: string, object: object, metadata: object): Promise<unknown[]> {
  const api = testApi('')
  const made = await api.json('POST', path, { body: { metadata: { name: 'x', labels: { a: 'b' } }, ...object } })
  expect(made.code).toBe(201)
  const { code, body } = await api.json('PATCH', `${path}/x/status`, { body: { metadata }, headers: MERGE })
  const unmanaged = (of: object | undefined): object =>
    ({ ...of, managedFields: undefined, resourceVersion: undefined })
  return code === 200
    ? [code, unmanaged(body['metadata'])].concat([unmanaged(made.body['metadata'])])
    : [code, body['message']]
}

describe('the status is written without', () => {
  test.each([
    [FLOW_SCHEMAS, flowSchema, { uid: 'other', generateName: 'y', labels: { c: 'd' }, deletionGracePeriodSeconds: 3 }],
    [FLOW_SCHEMAS, flowSchema, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a.b/c'] }],
    [ATTACHMENTS, attachment, { deletionTimestamp: '2026-01-01T00:00:00Z', labels: null, annotations: { e: 'f' } }],
  ])('metadata that only the object itself is written with: %s %o %o', async (path, object, metadata) => {
    const [code, got, was] = await patched(path, object, metadata)
    expect([code, got]).toEqual([200, was])
  })

  test('a link to itself, which only the answer of a dry run shows', async () => {
    const api = testApi('')
    await api.json('POST', ATTACHMENTS, { body: { metadata: { name: 'x' }, ...attachment } })
    const body = { metadata: { selfLink: '/x' } }
    const answer = await api.json('PATCH', `${ATTACHMENTS}/x/status?dryRun=All`, { body, headers: MERGE })
    expect([answer.code, answer.body['metadata']?.['selfLink']]).toEqual([200, undefined])
  })

  test('not without its uid, which another one is refused for where upstream keeps but some of the metadata', async () => {
    expect(await patched(ATTACHMENTS, attachment, { uid: 'other' })).toEqual([
      422,
      'VolumeAttachment.storage.k8s.io "x" is invalid: metadata.uid: Invalid value: "other": field is immutable',
    ])
  })
})

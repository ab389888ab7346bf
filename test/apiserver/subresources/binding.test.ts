/** pods/binding: who may get a node, and what a binding carries over. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const NAMESPACE = '/api/v1/namespaces/team'
let api: TestApi

const aBinding = (more: object = {}, target: object = { kind: 'Node', name: 'n1' }): object => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'p', ...more },
  target,
})

async function aPod(more: object = {}): Promise<Json> {
  const spec = { containers: [{ name: 'c', image: 'i' }], ...more }
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', labels: { zone: 'old', app: 'web' } }, spec }
  const created = await api.json('POST', `${NAMESPACE}/pods`, { body })
  expect(created.code).toBe(201)
  return created.body
}

const bind = (body: object): ReturnType<TestApi['json']> =>
  api.json('POST', `${NAMESPACE}/pods/p/binding`, { body })

beforeEach(async () => {
  api = testApi('team')
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
  await api.json('POST', `${NAMESPACE}/serviceaccounts`, { body: account })
})

describe('a binding', () => {
  it('names its pod, also where the address does not', async () => {
    const { code, body } = await api.json('POST', `${NAMESPACE}/bindings`, { body: { target: { name: 'n1' } } })
    expect([code, body['reason'], body['message']]).toEqual([400, 'BadRequest', 'Name parameter required.'])
  })

  it('is created where it is posted to all of them: a uid is no precondition then', async () => {
    await aPod()
    const body = aBinding({ uid: 'other' })
    expect((await api.json('POST', `${NAMESPACE}/bindings?dryRun=All`, { body })).code).toBe(201)
    const { code, body: refusal } = await api.json('POST', `${NAMESPACE}/pods/p/binding?dryRun=All`, { body })
    expect([code, refusal['reason']]).toEqual([409, 'Conflict'])
    expect(refusal['message']).toContain('Key: /pods/team/p, ')
  })

  it('gives the pod its node, labels and annotations, and says that it is scheduled', async () => {
    const pod = await aPod()
    const { uid, resourceVersion } = pod['metadata'] as unknown as { uid: string; resourceVersion: string }
    const labels = { zone: 'new' }
    const { code, body } = await bind(aBinding({ uid, resourceVersion, labels, annotations: { why: 'room' } }))
    expect([code, body['status'], body['code']]).toEqual([201, 'Success', 201])
    const { body: bound } = await api.json('GET', `${NAMESPACE}/pods/p`)
    expect(bound).toMatchObject({
      metadata: { labels: { zone: 'new', app: 'web' }, annotations: { why: 'room' } },
      spec: { nodeName: 'n1' },
    })
    const conditions = bound['status']?.['conditions'] as unknown as object[]
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }))
  })

  it.each([
    ['of another name', aBinding({ name: 'q' }), 400, 'name in URL does not match name in Binding object'],
    [
      'of another namespace',
      aBinding({ namespace: 'other' }),
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'to no node at all',
      aBinding({}, { kind: 'Node' }),
      500,
      'target.name: Required value',
    ],
    [
      'to something else',
      aBinding({}, { kind: 'Minion', name: 'm' }),
      500,
      'target.kind: Unsupported value: "Minion": supported values: "Node", "<empty>"',
    ],
    [
      'of another pod of that name',
      aBinding({ uid: 'other' }),
      409,
      /^Operation cannot be fulfilled on pods "p": StorageError: invalid object, Code: 4, Key: \/registry\/pods\/team\/p, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: /,
    ],
    [
      'of another state',
      aBinding({ resourceVersion: '1' }),
      409,
      /on pods "p": StorageError: invalid object, .*: Precondition failed: ResourceVersion in precondition: 1, ResourceVersion in object meta: 2$/,
    ],
  ])('%s is refused', async (_what, body, code, message) => {
    await aPod()
    const answer = await bind(body)
    expect(answer.code).toBe(code)
    if (typeof message === 'string') expect(answer.body['message']).toBe(message)
    else expect(answer.body['message']).toMatch(message)
  })

  it('may come by the namespace\'s own path', async () => {
    await aPod()
    expect((await api.json('POST', `${NAMESPACE}/bindings`, { body: aBinding() })).code).toBe(201)
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).body).toMatchObject({ spec: { nodeName: 'n1' } })
  })

  it.each(['a/b', 'a%b', '..'])('of what cannot be a name (%s) is refused', async (name) => {
    const { code, body } = await api.json('POST', `${NAMESPACE}/bindings`, { body: aBinding({ name }) })
    const why = name === '..' ? "may not be '..'" : `may not contain '${name.charAt(1)}'`
    expect([code, body['message']]).toEqual([400, `Name parameter invalid: "${name}": ${why}`])
  })

  it('carries over whatever labels it has: nobody judges the pod', async () => {
    await aPod()
    expect((await bind(aBinding({ labels: { 'not valid': '-' } }))).code).toBe(201)
    const { body } = await api.json('GET', `${NAMESPACE}/pods/p`)
    expect(body).toMatchObject({ metadata: { labels: { app: 'web', 'not valid': '-' } } })
  })

  it('of a pod that has a node is refused', async () => {
    await aPod({ nodeName: 'n0' })
    const { code, body } = await bind(aBinding())
    expect([code, body['message']]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n0"',
    ])
  })

  it('of a pod with gates is refused', async () => {
    await aPod({ schedulingGates: [{ name: 'example.com/wait' }] })
    const { code, body } = await bind(aBinding())
    expect([code, body['message']]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p has non-empty .spec.schedulingGates',
    ])
  })
})

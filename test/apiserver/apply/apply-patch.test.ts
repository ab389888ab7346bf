/** PATCH with `application/apply-patch+yaml` on the wire: answers, refusals and their texts. */
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { PolicyCopy } from '../../../src/objects/scope/policy-copy.ts'
import { testApi } from '../../support/api.ts'
import { APPLY, CONFIG_MAPS, DEPLOYMENTS, applyWorld, configMap, deployment, namesOf } from './apply-world.ts'

const A = `${CONFIG_MAPS}/a`

describe('an apply', () => {
  test('makes what is not there, and answers 201', async () => {
    const world = applyWorld()
    const made = await world.apply(A, 'fieldManager=me', configMap({ k: 'v' }))
    expect([made.code, made.body['data']]).toEqual([201, { k: 'v' }])
    expect(await world.managers(A)).toEqual([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:k': {} } },
      },
    ])
  })

  test('of what is not there takes a deletion along, which a create forgets', async () => {
    const world = applyWorld()
    const metadata = {
      name: 'a', deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 3, selfLink: '/x', uid: '',
    }
    const body = { ...configMap({ k: 'v' }), metadata }
    const created = await world.send('POST', `${CONFIG_MAPS}?dryRun=All`, { body })
    expect(created.body['metadata']).not.toHaveProperty('deletionTimestamp')
    const shown = await world.apply(A, 'fieldManager=me&dryRun=All', body)
    expect(shown.body['metadata']).toMatchObject({ deletionGracePeriodSeconds: 3, selfLink: '/x' })
    const made = await world.apply(A, 'fieldManager=me', body)
    expect([made.code, made.body['metadata']?.['deletionTimestamp']]).toEqual([201, '2020-01-01T00:00:00Z'])
    expect(made.body['metadata']).not.toHaveProperty('selfLink')
  })

  test('of what is not there says any version but what is none', async () => {
    const world = applyWorld()
    const of = (resourceVersion: string) => ({ ...configMap({ k: 'v' }), metadata: { name: 'a', resourceVersion } })
    const refused = await world.apply(A, 'fieldManager=me', of('x'))
    expect([refused.code, refused.body.message]).toEqual([500, 'strconv.ParseUint: parsing "x": invalid syntax'])
    expect((await world.apply(A, 'fieldManager=me', of('5'))).code).toBe(201)
  })

  test('again, and later, is no write', async () => {
    const world = applyWorld()
    const first = await world.apply(A, 'fieldManager=me', configMap({ k: 'v' }))
    world.clock.advance(60_000)
    const second = await world.apply(A, 'fieldManager=me', configMap({ k: 'v' }))
    expect([second.code, second.body]).toEqual([200, first.body])
  })

  test('of what another applies too makes both owners, and says no time', async () => {
    const world = applyWorld()
    await world.apply(A, 'fieldManager=me', configMap({ k: 'v' }))
    const shared = await world.apply(A, 'fieldManager=you', configMap({ k: 'v' }))
    expect(shared.code).toBe(200)
    const managers = await world.managers(A)
    const [mine, yours] = ['me', 'you'].map((name) => managers.find(({ manager }) => manager === name))
    expect([mine?.fieldsV1, yours?.fieldsV1]).toEqual([{ 'f:data': { 'f:k': {} } }, { 'f:data': { 'f:k': {} } }])
    expect([mine?.time, yours?.time]).toEqual(['2026-01-01T00:00:00Z', undefined])
  })

  test('in conflict with an updater is told of every field, and with force takes it', async () => {
    const world = applyWorld()
    const headers = { 'user-agent': 'kubectl/v1.36' }
    await world.send('POST', DEPLOYMENTS, { body: deployment({ replicas: 3 }), headers })
    const path = `${DEPLOYMENTS}/a`
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: { replicas: 5 } }
    expect(await world.apply(path, 'fieldManager=me', body)).toEqual({
      code: 409,
      warnings: '',
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas',
        reason: 'Conflict',
        details: {
          causes: [
            {
              reason: 'FieldManagerConflict',
              message: 'conflict with "kubectl" using apps/v1',
              field: '.spec.replicas',
            },
          ],
        },
        code: 409,
      },
    })
    const forced = await world.apply(path, 'fieldManager=me&force=true', body)
    expect([forced.code, forced.body['spec']?.['replicas']]).toEqual([200, 5])
  })

  test('as a dry run shows what would be and writes nothing', async () => {
    const world = applyWorld()
    const dry = await world.apply(A, 'fieldManager=me&dryRun=All', configMap({ k: 'v' }))
    expect([dry.code, dry.body['data']]).toEqual([201, { k: 'v' }])
    expect((await world.send('GET', A)).code).toBe(404)
  })

  test('may be YAML, JSON or YAML in flow style', async () => {
    const world = applyWorld()
    const texts = [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: "1"\n',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"2"}}',
      '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: "3"}}',
    ]
    for (const [at, text] of texts.entries()) {
      const { code, body } = await world.apply(A, 'fieldManager=me', text)
      expect([code, body['data']?.['k']]).toEqual([at === 0 ? 201 : 200, String(at + 1)])
    }
  })

  test('brings values into the form in which they are stored, and defaults', async () => {
    const world = applyWorld()
    const resources = { limits: { cpu: '0.5' } }
    const containers = [{ name: 'c', image: 'one', resources, ports: [{ containerPort: 80 }] }]
    const template = { metadata: { labels: { app: 'a' } }, spec: { containers } }
    const { body } = await world.apply(`${DEPLOYMENTS}/a`, 'fieldManager=me', deployment({ template }))
    expect(body['spec']?.['template']).toMatchObject({
      spec: {
        containers: [{
          resources: { limits: { cpu: '500m' } },
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          imagePullPolicy: 'Always',
        }],
      },
    })
  })
})

describe('an apply is refused', () => {
  test.each([
    ['without a field manager', '', configMap({}), 422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    ['without a type', 'fieldManager=me', { metadata: { name: 'a' } }, 400, 'invalid object type: /, Kind='],
    ['of another kind', 'fieldManager=me', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }, 400,
      'invalid object type: apps/v1, Kind=Deployment'],
    ['with managed fields', 'fieldManager=me', { ...configMap({}), metadata: { name: 'a', managedFields: [] } }, 400,
      'metadata.managedFields must be nil'],
    ['with managed fields that are none', 'fieldManager=me', {
      ...configMap({}), metadata: { name: 'a', managedFields: ['x'] },
    }, 500, 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): ' +
      '.metadata.managedFields[0]: expected map, got &{x}'],
    ['with managed fields whose fields are none', 'fieldManager=me', {
      ...configMap({}), metadata: { name: 'a', managedFields: [{ time: 'x', fieldsV1: 'f' }] },
    }, 500, 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): ' +
      '.metadata.managedFields[0].fieldsV1: expected map, got &{f}'],
    ['with managed fields of another time', 'fieldManager=me', {
      ...configMap({}), metadata: { name: 'a', managedFields: [{ time: 'x' }] },
    }, 500, 'failed to convert new object (/a; /v1, Kind=ConfigMap) to proper version: unable to convert unstructured ' +
      'object to /v1, Kind=ConfigMap: parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
    ['with a whole number for a text', 'fieldManager=me', { ...configMap({}), data: { k: 5_000_000_000 } }, 500,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): ' +
        '.data.k: expected string, got &value.valueUnstructured{Value:5000000000}'],
    ['with another name and another namespace', 'fieldManager=me', {
      ...configMap({}), metadata: { name: 'b', namespace: 'other' },
    }, 400, 'the namespace of the provided object does not match the namespace sent on the request'],
    ['with managed fields that are none', 'fieldManager=me',
      { ...configMap({}), metadata: { name: 'a', managedFields: [{ time: [] }, 1] } }, 500,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): errors:\n' +
        '  .metadata.managedFields[0].time: expected any scalar, got &{[]}\n' +
        '  .metadata.managedFields[1]: expected map, got &{1}'],
    ['with whole numbers where they do not belong', 'fieldManager=me',
      { ...configMap({}), immutable: 12345678, data: { k: 1e22, l: 1.5 } }, 500,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): errors:\n' +
        '  .data.k: expected string, got &value.valueUnstructured{Value:1e+22}\n' +
        '  .data.l: expected string, got &value.valueUnstructured{Value:1.5}\n' +
        '  .immutable: expected boolean, got &{12345678}'],
    ['with a field that is not declared', 'fieldManager=me', { ...configMap({}), foo: 1 }, 500,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .foo: field not declared in schema'],
    ['with several values of wrong types', 'fieldManager=me', { ...configMap({}), immutable: 'x', data: { k: 1 } }, 500,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): errors:\n' +
        '  .data.k: expected string, got &value.valueUnstructured{Value:1}\n' +
        '  .immutable: expected boolean, got &{x}'],
    ['that is no object', 'fieldManager=me', '[1]', 400,
      'error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into ' +
        'Go value of type map[string]interface {}'],
    ['for another name', 'fieldManager=me', configMap({}, 'b'), 400,
      'the name of the object (b) does not match the name on the URL (a)'],
    ['with a uid where nothing is', 'fieldManager=me', { ...configMap({}), metadata: { name: 'a', uid: 'u' } }, 409,
      'Operation cannot be fulfilled on configmaps "a": uid mismatch: the provided object specified uid u, ' +
        'and no existing object was found'],
    ['with a key twice, when that is asked for', 'fieldManager=me&fieldValidation=Strict',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: a\n', 400,
      'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n' +
        '  line 5: key "name" already set in map'],
    ['in two items that cannot be told apart', 'fieldManager=me',
      { ...configMap({}), metadata: { name: 'a', ownerReferences: [{ uid: 'x' }, { uid: 'x' }] } }, 500,
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .metadata.ownerReferences: ' +
        'duplicate entries for key [uid="x"]'],
  ])('%s', async (_name, query, body, code, message) => {
    const answer = await applyWorld().apply(A, query, body)
    expect([answer.code, answer.body['message']]).toEqual([code, message])
  })

  test('against another version of the object than there is', async () => {
    const world = applyWorld()
    await world.apply(A, 'fieldManager=me', configMap({ k: 'v' }))
    const stale = { ...configMap({ k: 'w' }), metadata: { name: 'a', resourceVersion: '999' } }
    const { code, body } = await world.apply(A, 'fieldManager=me', stale)
    expect([code, body['message']]).toEqual([409,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the ' +
        'latest version and try again'])
    const other = { ...configMap({ k: 'w' }), metadata: { name: 'a', uid: 'other' } }
    expect((await world.apply(A, 'fieldManager=me', other)).code).toBe(422)
  })

  test('of a Service that is another one', async () => {
    const world = applyWorld()
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } }
    const path = '/api/v1/namespaces/default/services/a'
    await world.apply(path, 'fieldManager=me', service)
    const { code, body } = await world.apply(path, 'fieldManager=me', { ...service, metadata: { name: 'a', uid: 'b' } })
    expect([code, body['message']]).toEqual([422,
      'Service "a" is invalid: metadata.uid: Invalid value: "b": field is immutable'])
  })

  test('with a list where a number or a text belongs, once it is converted', async () => {
    const strategy = { rollingUpdate: { maxUnavailable: [] } }
    const { code, body } = await applyWorld().apply(`${DEPLOYMENTS}/a`, 'fieldManager=me', deployment({ strategy }))
    expect([code, body['message']]).toEqual([500,
      'failed to convert new object (/a; apps/v1, Kind=Deployment) to proper version: unable to convert unstructured ' +
        'object to apps/v1, Kind=Deployment: json: cannot unmarshal array into Go value of type int32'])
  })

  test('but not for a character that ends a line in YAML, which is a space then', async () => {
    const { body } = await applyWorld().apply(A, 'fieldManager=me', JSON.stringify(configMap({ k: 'v\u0085w' })))
    expect(body['data']).toEqual({ k: 'v w' })
  })

  test('of a Service that is judged again by a newer policy', async () => {
    let revision = 0
    const policy = new PolicyCopy(systemClock, () =>
      ({ revision: ++revision, isWhole: true, definitionsRevision: 0, changes: [] }))
    const api = testApi('default', { ports: { policy } })
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 0, targetPort: 80 }] } }
    const { code, body } = await api.json('PATCH', '/api/v1/namespaces/default/services/a?fieldManager=me', {
      body: service, headers: { 'content-type': APPLY },
    })
    expect([code, body['message']]).toEqual([422,
      'Service "a" is invalid: spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'])
  })

  test.each([
    [{ binaryData: { a: '!' } }, 'error decoding from json: illegal base64 data at input byte 0'],
    [{ metadata: { name: 'a', deletionTimestamp: 'x' } },
      'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ])('with a value that its type refuses: %j', async (fields, why) => {
    const { code, body } = await applyWorld().apply(A, 'fieldManager=me', { ...configMap({}), ...fields })
    expect([code, body['message']]).toEqual([500, 'failed to convert new object (/a; /v1, Kind=ConfigMap) to ' +
      `proper version: unable to convert unstructured object to /v1, Kind=ConfigMap: ${why}`])
  })

  test('with force, when it is no apply', async () => {
    const { code, body } = await applyWorld().send('PATCH', `${A}?force=true`, {
      body: {}, headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect([code, body['message']]).toEqual([422,
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch'])
  })

  test('to whoever may patch and not create, when nothing is there', async () => {
    const { code } = await applyWorld().send('PATCH', `${A}?fieldManager=me`, {
      body: configMap({}), headers: { 'content-type': APPLY }, user: { username: 'nobody', groups: [] },
    })
    expect(code).toBe(403)
  })
})

test('a key that is there twice is warned of', async () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: x\n  k: y\n  k: z\n'
  const { code, warnings } = await applyWorld().apply(A, 'fieldManager=me', text)
  expect(code).toBe(201)
  expect(warnings).toBe('299 - "line 7: key \\"k\\" already set in map", 299 - "line 8: key \\"k\\" already set in map"')
})

test('an apply of the status says nothing of the rest, and the object\'s own endpoint nothing of the status', async () => {
  const world = applyWorld()
  const path = `${DEPLOYMENTS}/a`
  await world.apply(path, 'fieldManager=me', deployment({ replicas: 1 }))
  const type = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }
  const status = { ...type, spec: { replicas: 9 }, status: { replicas: 4 } }
  const answer = await world.apply(`${path}/status`, 'fieldManager=watcher&force=true', status)
  expect([answer.code, answer.body['spec']?.['replicas'], answer.body['status']?.['replicas']]).toEqual([200, 1, 4])
  await world.apply(path, 'fieldManager=me', { ...(deployment({ replicas: 1 }) as object), status: { replicas: 7 } })
  const managers = await world.managers(path)
  expect(namesOf(managers)).toEqual(['me Apply', 'watcher Apply status'])
  expect(managers[1]?.fieldsV1).toEqual({ 'f:status': { 'f:replicas': {} } })
  expect(managers[0]?.fieldsV1).not.toHaveProperty('f:status')
})

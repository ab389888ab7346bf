/**
 * fieldValidation holds for every body that is read as an object, whatever the endpoint: Strict refuses unknown and
 * duplicate fields, Warn tells of them, Ignore says nothing. Upstream: k8s.io/apiserver pkg/endpoints/handlers
 * {create,update,patch}.go, which know no subresource.
 */
import { describe, expect, it } from 'vitest'
import type { TestApi } from '../support/api.ts'
import { testApi } from '../support/api.ts'

const TEAM = '/api/v1/namespaces/team'
const WEB = '/apis/apps/v1/namespaces/team/deployments/web'
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }

interface Endpoint {
  readonly request: string
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** What the body says beside its metadata. */
  readonly rest?: object
  readonly code: number
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    request: `POST /apis/batch/v1/namespaces/team/cronjobs`,
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    name: 'x',
    rest: {
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
      },
    },
    code: 201,
  },
  {
    request: `PUT ${WEB}`,
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    rest: { spec: { selector: { matchLabels: { app: 'web' } }, template } },
    code: 200,
  },
  { request: `PUT ${WEB}/status`, apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', code: 200 },
  {
    request: `PUT ${WEB}/scale`,
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    name: 'web',
    rest: { spec: { replicas: 2 } },
    code: 200,
  },
  {
    request: `POST ${TEAM}/pods/p/binding`,
    apiVersion: 'v1',
    kind: 'Binding',
    name: 'p',
    rest: { target: { kind: 'Node', name: 'n1' } },
    code: 201,
  },
  { request: `POST ${TEAM}/pods/p/eviction`, apiVersion: 'policy/v1', kind: 'Eviction', name: 'p', code: 201 },
  {
    request: `POST ${TEAM}/serviceaccounts/robot/token`,
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    name: 'robot',
    rest: { spec: { audiences: [] } },
    code: 201,
  },
  {
    request: 'POST /apis/authorization.k8s.io/v1/namespaces/team/localsubjectaccessreviews',
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'LocalSubjectAccessReview',
    name: '',
    rest: { spec: { user: 'ann', resourceAttributes: { namespace: 'team', verb: 'get', resource: 'pods' } } },
    code: 201,
  },
]

/** A name twice, and a field that nobody knows. */
function bodyOf({ apiVersion, kind, name, rest = {} }: Endpoint): string {
  const more = JSON.stringify(rest).slice(1, -1)
  const metadata = `"metadata":{"name":"${name}","name":"${name}"},"zoo":1`
  return `{"apiVersion":"${apiVersion}","kind":"${kind}",${metadata}${more === '' ? '' : `,${more}`}}`
}

async function apiWithObjects(): Promise<TestApi> {
  const api = testApi('team', {
    calls: { issueToken: (account) => Promise.resolve({ ...account, kind: 'TokenRequest' }) },
  })
  const type = { apiVersion: 'v1' }
  const pod = { ...type, kind: 'Pod', metadata: { name: 'p' }, spec: template.spec }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: { app: 'web' } }, template },
  }
  for (const name of ['default', 'robot']) {
    await api.json('POST', `${TEAM}/serviceaccounts`, { body: { ...type, kind: 'ServiceAccount', metadata: { name } } })
  }
  await api.json('POST', `${TEAM}/pods`, { body: pod })
  await api.json('POST', WEB.replace(/\/web$/, ''), { body: deployment })
  return api
}

const COMPLAINTS = ['duplicate field "metadata.name"', 'unknown field "zoo"']

async function send(endpoint: Endpoint, fieldValidation: string): Promise<Response> {
  const [method = '', path = ''] = endpoint.request.split(' ')
  const api = await apiWithObjects()
  return api.request(method, `${path}?fieldValidation=${fieldValidation}`, { body: bodyOf(endpoint) })
}

/** Texts of Warning headers about the body; a kind that nothing acts on warns of that as well. */
function complaintsIn(response: Response): string[] {
  const texts = (response.headers.get('warning') ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)
  return [...texts].map(([, text = '']) => text.replaceAll('\\"', '"')).filter((text) => / field "/.test(text))
}

describe('a body with a field twice and one that nobody knows', () => {
  it.each(ENDPOINTS)('is refused when asked to be strict: $request', async (endpoint) => {
    const response = await send(endpoint, 'Strict')
    const { kind, apiVersion } = endpoint
    const version = apiVersion.split('/').at(-1) ?? ''
    const why = `strict decoding error: ${COMPLAINTS.join(', ')}`
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { reason: 'BadRequest', message: `${kind} in version "${version}" cannot be handled as a ${kind}: ${why}` },
    ])
  })

  it.each(ENDPOINTS)('is warned of, and taken: $request', async (endpoint) => {
    const response = await send(endpoint, 'Warn')
    expect([response.status, complaintsIn(response)]).toEqual([endpoint.code, COMPLAINTS])
  })

  it.each(ENDPOINTS)('is taken without a word when told to ignore it: $request', async (endpoint) => {
    const response = await send(endpoint, 'Ignore')
    expect([response.status, complaintsIn(response)]).toEqual([endpoint.code, []])
  })
})

it('what was noticed of a body is told although it is refused, and so is that the kind is deprecated', async () => {
  const api = await apiWithObjects()
  const refused = await api.request('POST', `${TEAM}/pods`, { body: { metadata: { name: 'A_' }, spec: {}, zoo: 1 } })
  expect([refused.status, complaintsIn(refused)]).toEqual([422, ['unknown field "zoo"']])
  const missing = await api.request('GET', `${TEAM}/endpoints/nobody`)
  expect([missing.status, missing.headers.get('warning')]).toEqual([
    404,
    '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
  ])
})

it('an owner that is named twice in the same words is kept once, with a warning', async () => {
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u', controller: true }
  const other = { ...owner, name: 'p', controller: false }
  const body = { metadata: { name: 'c', ownerReferences: [owner, other, owner] } }
  const answer = await testApi('team').request('POST', `${TEAM}/configmaps`, { body })
  const { metadata } = await answer.json<{ metadata: { ownerReferences: object[] } }>()
  expect([answer.status, metadata.ownerReferences, answer.headers.get('warning')]).toEqual([
    201,
    [owner, other],
    '299 - ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may ' +
      'reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: u"',
  ])
})

const OWNER = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u', controller: true }

it.each([
  ['PUT', '/web', {}],
  ['PUT', '/web', { name: 'other' }],
  ['PUT', '/web', { name: 'web', namespace: 'other' }],
  ['PUT', '/web/scale', { name: 'other' }],
  ['POST', '', { name: 'new', namespace: 'other' }],
])('nobody looks for such owners in what is another object than the address names: %s %s %o', async (verb, at, given) => {
  const body = { metadata: { ...given, ownerReferences: [OWNER, OWNER] } }
  const answer = await (await apiWithObjects()).request(verb, `${WEB.replace('/web', '')}${at}`, { body })
  expect([answer.status, answer.headers.get('warning')]).toEqual([400, null])
})

it.each([
  ['merge-patch+json', { metadata: { ownerReferences: [OWNER, OWNER] } }],
  ['json-patch+json', [{ op: 'add', path: '/metadata/ownerReferences', value: [OWNER, OWNER] }]],
])('so is one that a patch names twice, which is looked at after admission: %s', async (type, body) => {
  const headers = { 'content-type': `application/${type}` }
  const answer = await (await apiWithObjects()).request('PATCH', WEB, { body, headers })
  const { metadata } = await answer.json<{ metadata: { ownerReferences: object[] } }>()
  expect([answer.status, metadata.ownerReferences]).toEqual([200, [OWNER]])
  expect(answer.headers.get('warning')).toContain(
    '.metadata.ownerReferences contains duplicate entries after mutating admission happens; API server dedups owner ' +
      'references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) ' +
      'observed: u"',
  )
})

it('a body whose apiVersion and kind are null is what its address says', async () => {
  const body = { apiVersion: null, kind: null, metadata: { name: 'c' }, binaryData: { a: null } }
  const { code, body: answer } = await testApi('team').json('POST', `${TEAM}/configmaps`, { body })
  expect([code, answer['kind'], answer['binaryData']]).toEqual([201, 'ConfigMap', { a: '' }])
})

const PATCHES: readonly (readonly [type: string, body: string, complaints: readonly string[]])[] = [
  [
    'merge-patch+json',
    '{"spec":{"replicas":3,"replicas":3},"zoo":1}',
    ['duplicate field "spec.replicas"', 'unknown field "zoo"'],
  ],
  [
    'json-patch+json',
    '[{"op":"replace","path":"/spec/replicas","value":3,"foo":1,"op":"replace"}]',
    ['json patch unknown field "[0].foo"', 'json patch duplicate field "[0].op"'],
  ],
]

it('asks of the namespace in the path when a local review names none', async () => {
  const path = '/apis/authorization.k8s.io/v1/namespaces/team/localsubjectaccessreviews'
  const spec = { user: 'ann', resourceAttributes: { namespace: 'team', verb: 'get', resource: 'pods' } }
  const { code, body } = await testApi('team').json('POST', path, { body: { spec } })
  expect([code, body['metadata']]).toMatchObject([201, { namespace: 'team' }])
})

it('what a merge patch makes is a map upstream, whose unknown fields are told in the order of their names', async () => {
  const answer = await (await apiWithObjects()).request('PATCH', `${WEB}?fieldValidation=Warn`, {
    body: '{"zoo":1,"spec":{"foo":1,"template":{"bar":2}},"metadata":{"x":{"y":1}},"bar":1}',
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  expect([answer.status, complaintsIn(answer)]).toEqual([
    200,
    ['bar', 'metadata.x', 'spec.foo', 'spec.template.bar', 'zoo'].map((path) => `unknown field "${path}"`),
  ])
})

describe('a patch with such fields', () => {
  it.each(['', '/scale'].flatMap((part) => PATCHES.map((row) => [part, ...row] as const)))(
    'of deployments%s in %s is warned of, refused or taken as asked',
    async (part, type, body, complaints) => {
      const patch = async (fieldValidation: string): Promise<Response> =>
        (await apiWithObjects()).request('PATCH', `${WEB}${part}?fieldValidation=${fieldValidation}`, {
          body,
          headers: { 'content-type': `application/${type}` },
        })
      const strict = await patch('Strict')
      const { message } = await strict.json<{ message: string }>()
      expect(strict.status).toBe(422)
      for (const complaint of complaints) expect(message).toContain(complaint)
      const warned = await patch('Warn')
      expect([warned.status, complaintsIn(warned)]).toEqual([200, complaints])
      const ignored = await patch('Ignore')
      expect([ignored.status, complaintsIn(ignored)]).toEqual([200, []])
    },
  )
})

describe('what a JSON body has twice', () => {
  const post = (body: string, query = ''): Promise<Response> =>
    testApi('team').request('POST', `${TEAM}/configmaps${query}`, { body })

  it.each(['Ignore', 'Warn'])('is merged where it is an object (%s)', async (level) => {
    const body = '{"metadata":{"name":"c"},"metadata":{"labels":{"a":"b"}},"data":{"x":"1"},"data":{"y":"2"}}'
    const answer = await post(body, `?fieldValidation=${level}`)
    expect([answer.status, await answer.json()]).toMatchObject([
      201,
      { metadata: { name: 'c', labels: { a: 'b' } }, data: { x: '1', y: '2' } },
    ])
  })

  it.each(['Ignore', 'Warn', 'Strict'])('is judged as often as it is there (%s)', async (level) => {
    const answer = await post('{"metadata":{"name":"c"},"data":7,"data":{"y":"2"}}', `?fieldValidation=${level}`)
    const why = 'json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string'
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { message: `ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}` },
    ])
  })

  it('is merged where a JSON patch puts it, and judged there', async () => {
    const api = await apiWithObjects()
    const headers = { 'content-type': 'application/json-patch+json' }
    const value = '{"image":"a","name":"new","ports":[{"name":"p"}],"ports":[{"containerPort":80}]}'
    const body = (text: string): string => `[{"op":"add","path":"/spec/template/spec/containers/0","value":${text}}]`
    const answer = await api.request('PATCH', `${WEB}?fieldValidation=Warn&dryRun=All`, { body: body(value), headers })
    const container = { name: 'new', ports: [{ name: 'p', containerPort: 80, protocol: 'TCP' }] }
    expect([answer.status, complaintsIn(answer), await answer.json()]).toMatchObject([
      200,
      [
        'json patch duplicate field "[0].value.ports"',
        'duplicate field "spec.template.spec.containers[0].ports"',
      ],
      { spec: { template: { spec: { containers: [container, {}] } } } },
    ])
    const tested = `${body(value).slice(0, -1)},{"op":"test","path":"/spec/template/spec/containers/0/ports",` +
      '"value":[{"containerPort":80}]}]'
    expect((await api.request('PATCH', `${WEB}?dryRun=All`, { body: tested, headers })).status).toBe(200)
    const wrong = await api.request('PATCH', WEB, { body: body('{"name":5,"name":"c"}'), headers })
    const why = 'number into Go struct field Container.spec.template.spec.containers.name of type string'
    expect([wrong.status, (await wrong.json<{ message: string }>()).message]).toEqual([
      422, expect.stringContaining(why),
    ])
  })
})

it.each([
  ['[{"op":1,"op":"add","path":"/metadata/labels","value":{}}]', 'number into Go struct field jsonPatchOp.op of type string'],
  ['[{"value":1e400,"op":7}]', 'number 1e400 into Go struct field jsonPatchOp.value of type float64'],
  ['[{"foo":1e400},7]', 'number into Go value of type handlers.jsonPatchOp'],
])('the first mistake in a JSON patch is told of: %s', async (body, why) => {
  const headers = { 'content-type': 'application/json-patch+json' }
  const answer = await (await apiWithObjects()).request('PATCH', WEB, { body, headers })
  expect([answer.status, await answer.json()]).toMatchObject([
    400, { message: `error decoding patch: json: cannot unmarshal ${why}` },
  ])
})

it.each([
  [
    '{"Kind":"ConfigMap","APIVERSION":"v1","KIND":"Pod","metadata":{"name":"c"}}',
    'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  ],
  [
    '{"kind":"ConfigMap","\u212aind":7}',
    'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: ' +
      'json: cannot unmarshal number into Go struct field .kind of type string ({"kind":"ConfigMap","\u212aind":7 ...)',
  ],
])('what a body says that it is counts in any case of its letters: %s', async (body, message) => {
  const answer = await testApi('team').request('POST', `${TEAM}/configmaps`, { body })
  expect([answer.status, (await answer.json<{ message: string }>()).message]).toEqual([400, message])
})

it.each([
  ['apps/v1beta1', 'Deployment', 'the API version in the data (apps/v1beta1) does not match the expected API version (apps/v1)'],
  [
    'extensions/v1beta1', 'Deployment',
    'the API version in the data (extensions/v1beta1) does not match the expected API version (apps/v1)',
  ],
  [
    'apps/v1beta1', 'StatefulSet',
    'StatefulSet in version "v1beta1" cannot be handled as a Deployment: converting (v1beta1.StatefulSet) to ' +
      '(apps.Deployment): unknown conversion',
  ],
  [
    'apps/v1beta3', 'Deployment',
    'Deployment in version "v1beta3" cannot be handled as a Deployment: no kind "Deployment" is registered for version ' +
      '"apps/v1beta3" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ],
])('a version that is known and not served is told from one that is not known: %s %s', async (apiVersion, kind, message) => {
  const body = { apiVersion, kind, metadata: { name: 'c' } }
  const answer = await testApi('team').request('POST', WEB.replace(/\/web$/, ''), { body })
  expect([answer.status, (await answer.json<{ message: string }>()).message]).toEqual([400, message])
})

it('a patch may make another version of it, which is read all the same', async () => {
  const headers = { 'content-type': 'application/merge-patch+json' }
  const body = { apiVersion: 'extensions/v1beta1', spec: { replicas: 2 } }
  const answer = await (await apiWithObjects()).request('PATCH', WEB, { body, headers })
  expect([answer.status, await answer.json()]).toMatchObject([200, { apiVersion: 'apps/v1', spec: { replicas: 2 } }])
})

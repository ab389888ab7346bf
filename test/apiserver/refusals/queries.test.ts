/**
 * Absurd values of the query, and wishes that cannot be met: as k8s.io/apimachinery pkg/apis/meta reads and validates
 * options, and k8s.io/apiserver pkg/storage and pkg/endpoints answer.
 */
import { describe, expect, it } from 'vitest'
import { MAX_WATCHERS } from '../../../src/store/watch-hub.ts'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import type { Refusal } from './refusal-world.ts'
import { CONFIG_MAPS, MERGE_PATCH, PODS, configMap, invalidDetails, refuses } from './refusal-world.ts'

async function apiWithOne(): Promise<TestApi> {
  const api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('one') })
  return api
}

const badRequest = (request: string, message: string): Refusal => {
  const [, query = ''] = request.split('?')
  return { what: decodeURIComponent(query), request, code: 400, reason: 'BadRequest', message }
}

const invalid = (
  request: string,
  kind: string,
  causes: readonly (readonly [reason: string, field: string, message: string])[],
): Refusal => {
  const texts = causes.map(([, field, message]) => `${field}: ${message}`)
  const said = texts.length === 1 ? texts.join('') : `[${texts.join(', ')}]`
  return {
    what: decodeURIComponent(request.split('?')[1] ?? ''),
    request,
    code: 422,
    reason: 'Invalid',
    message: `${kind}.meta.k8s.io "" is invalid: ${said}`,
    details: invalidDetails({ group: 'meta.k8s.io', kind }, ...causes),
  }
}

const parseInt = (text: string, why: string): string => `strconv.ParseInt: parsing "${text}": ${why}`
const list = (query: string): string => `GET ${CONFIG_MAPS}?${query}`

describe('numbers of the query', () => {
  refuses(apiWithOne, [
    badRequest(list('limit=ten'), parseInt('ten', 'invalid syntax')),
    badRequest(list('limit='), parseInt('', 'invalid syntax')),
    badRequest(list('limit=1.5'), parseInt('1.5', 'invalid syntax')),
    badRequest(list('limit=9223372036854775808'), parseInt('9223372036854775808', 'value out of range')),
    badRequest(list('timeoutSeconds=soon'), parseInt('soon', 'invalid syntax')),
    badRequest(list('watch=1&timeoutSeconds=1e9'), parseInt('1e9', 'invalid syntax')),
    badRequest(`DELETE ${CONFIG_MAPS}/one?gracePeriodSeconds=now`, parseInt('now', 'invalid syntax')),
    badRequest(`DELETE ${CONFIG_MAPS}?limit=all`, parseInt('all', 'invalid syntax')),
  ])
})

describe('resource versions of the query', () => {
  const uint = (text: string, why: string): string =>
    `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": ${why}`
  const wrong = 'Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'
  const tooLarge = {
    code: 504,
    reason: 'Timeout',
    message: 'Timeout: Too large resource version: 1000, current: 1',
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
    headers: { 'retry-after': '1' },
  }
  refuses(apiWithOne, [
    badRequest(list('resourceVersion=abc'), `invalid resource version: ${uint('abc', 'invalid syntax')}`),
    badRequest(list('resourceVersion=-1'), `invalid resource version: ${uint('-1', 'invalid syntax')}`),
    badRequest(
      list('resourceVersion=18446744073709551616'),
      `invalid resource version: ${uint('18446744073709551616', 'value out of range')}`,
    ),
    {
      what: 'a watch from what is no version',
      request: list('watch=true&resourceVersion=abc'),
      code: 500,
      reason: undefined,
      message: `resourceVersion: ${wrong}`,
    },
    {
      what: 'a get of what is no version, with the 500 that upstream has for it',
      request: `GET ${CONFIG_MAPS}/one?resourceVersion=abc`,
      code: 500,
      reason: undefined,
      message: `resourceVersion: ${wrong}`,
    },
    { what: 'a get from the future', request: `GET ${CONFIG_MAPS}/one?resourceVersion=1000`, ...tooLarge },
    { what: 'a list from the future', request: list('resourceVersion=1000'), ...tooLarge },
    {
      what: 'a list of exactly the future',
      request: list('resourceVersion=1000&resourceVersionMatch=Exact'),
      ...tooLarge,
    },
  ])
})

describe('what does not go together in a list or a watch', () => {
  const MATCH = 'resourceVersionMatch'
  const unless = [
    'Forbidden',
    MATCH,
    'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ] as const
  const continued = [
    'Forbidden',
    MATCH,
    'Forbidden: resourceVersionMatch is forbidden when continue is provided',
  ] as const
  const token = btoa('{"v":"meta.k8s.io/v1","rv":1,"start":"a"}').replaceAll('=', '')
  refuses(apiWithOne, [
    invalid(list('resourceVersionMatch=Exact'), 'ListOptions', [unless]),
    invalid(list(`resourceVersionMatch=Newest&continue=${token}&sendInitialEvents=true`), 'ListOptions', [
      unless,
      continued,
      ['NotSupported', MATCH, 'Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""'],
      ['Forbidden', 'sendInitialEvents', 'Forbidden: sendInitialEvents is forbidden for list'],
    ]),
    invalid(list('resourceVersion=0&resourceVersionMatch=Exact'), 'ListOptions', [
      ['Forbidden', MATCH, 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'],
    ]),
    invalid(list('watch=true&sendInitialEvents=true'), 'ListOptions', [
      ['Forbidden', MATCH, 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    ]),
    invalid(list('watch=true&resourceVersionMatch=Exact'), 'ListOptions', [
      [
        'Forbidden',
        MATCH,
        'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      ],
      ['NotSupported', MATCH, 'Unsupported value: "Exact": supported values: "NotOlderThan"'],
    ]),
    badRequest(
      list(`continue=${token}&resourceVersion=1`),
      'specifying resource version is not allowed when using continue',
    ),
  ])
})

describe('continue tokens that nobody gave out', () => {
  const token = (json: string): string => btoa(json).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_')
  const refused = (query: string, why: string): Refusal =>
    badRequest(list(`continue=${query}`), `invalid continue token: continue key is not valid${why}`)
  refuses(apiWithOne, [
    refused('a*b', ': illegal base64 data at input byte 1'),
    refused(token('hello'), ": invalid character 'h' looking for beginning of value"),
    refused(token('{"v":"v9","rv":1,"start":"a"}'), ': server does not recognize this encoded version v9'),
    refused(
      token('{"v":"meta.k8s.io/v1","rv":0,"start":"a"}'),
      ': incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ),
    refused(
      token('{"v":"meta.k8s.io/v1","rv":1,"start":""}'),
      ': encoded start key empty (version meta.k8s.io/v1)',
    ),
    refused(token('{"v":"meta.k8s.io/v1","rv":1,"start":"../x"}'), ': ../x'),
  ])
})

describe('selectors', () => {
  refuses(apiWithOne, [
    badRequest(
      list('labelSelector=a+in+('),
      "unable to parse requirement: found '', expected: ',', ')' or identifier",
    ),
    badRequest(
      list('labelSelector=a%3D%3D%3Db'),
      "unable to parse requirement: found '=', expected: identifier",
    ),
    badRequest(list('fieldSelector=name'), "invalid selector: 'name'; can't understand 'name'"),
    badRequest(
      list('fieldSelector=data.a%3D1'),
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ),
    badRequest(`GET ${PODS}?fieldSelector=spec.hostname%3Dx`, 'field label not supported: spec.hostname'),
    badRequest(
      'GET /api/v1/namespaces/team/events?fieldSelector=regarding.kind%3DPod',
      'field label not supported: regarding.kind',
    ),
    badRequest(
      'GET /api/v1/namespaces/team/events?fieldSelector=reportingController%3Dx',
      'field label not supported: reportingController',
    ),
    badRequest(
      'GET /apis/events.k8s.io/v1/namespaces/team/events?fieldSelector=involvedObject.kind%3DPod',
      'field label not supported: involvedObject.kind',
    ),
    badRequest(
      'GET /apis/batch/v1/namespaces/team/jobs?fieldSelector=spec.x%3D1',
      'field label "spec.x" not supported for Job',
    ),
    badRequest(`DELETE ${CONFIG_MAPS}?labelSelector=!`, "unable to parse requirement: found '', expected: identifier"),
  ])
})

describe('options that there were once', () => {
  const gone = 'the export parameter, deprecated since v1.14, is no longer supported'
  refuses(apiWithOne, [
    badRequest(`GET ${CONFIG_MAPS}/one?export=true`, gone),
    badRequest(`GET ${CONFIG_MAPS}/none?export&resourceVersion=x`, gone),
  ])

  it('are none when they are said no to', async () => {
    const api = await apiWithOne()
    for (const no of ['0', 'False']) expect((await api.json('GET', `${CONFIG_MAPS}/one?export=${no}`)).code).toBe(200)
  })
})

describe('options of writes', () => {
  const dryRun = ['NotSupported', 'dryRun', 'Unsupported value: ["Some"]: supported values: "All"'] as const
  const validation = [
    'NotSupported',
    'fieldValidation',
    'Unsupported value: "Maybe": supported values: "", "Ignore", "Strict", "Warn"',
  ] as const
  const body = configMap('one')
  refuses(apiWithOne, [
    {
      ...invalid(
        `POST ${CONFIG_MAPS}?dryRun=Some&fieldValidation=Maybe&fieldManager=${'m'.repeat(129)}`,
        'CreateOptions',
        [['TooLong', 'fieldManager', 'Too long: may not be more than 128 bytes'], dryRun, validation],
      ),
      options: { body: configMap('two') },
    },
    { ...invalid(`PUT ${CONFIG_MAPS}/one?dryRun=Some`, 'UpdateOptions', [dryRun]), options: { body } },
    {
      ...invalid(`PATCH ${CONFIG_MAPS}/one?force=true&fieldValidation=Maybe`, 'PatchOptions', [
        ['Forbidden', 'force', 'Forbidden: may not be specified for non-apply patch'],
        validation,
      ]),
      options: { body: '{}', headers: MERGE_PATCH },
    },
    {
      ...invalid(`PUT ${CONFIG_MAPS}/one?fieldManager=a%07b`, 'UpdateOptions', [
        ['Invalid', 'fieldManager', 'Invalid value: "a\\ab": invalid character U+0007 (at position 1)'],
      ]),
      options: { body },
    },
    invalid(`DELETE ${CONFIG_MAPS}/one?propagationPolicy=Slowly&dryRun=Some`, 'DeleteOptions', [
      [
        'NotSupported',
        'propagationPolicy',
        'Unsupported value: "Slowly": supported values: "Foreground", "Background", "Orphan", "nil"',
      ],
      dryRun,
    ]),
    invalid(`DELETE ${CONFIG_MAPS}/one?propagationPolicy=Orphan&orphanDependents=true`, 'DeleteOptions', [
      [
        'Invalid',
        'propagationPolicy',
        'Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
      ],
    ]),
    {
      ...badRequest(
        `DELETE ${CONFIG_MAPS}/one?gracePeriodSeconds=5`,
        'json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
      ),
      what: 'DeleteOptions of the wrong type, whatever the query says',
      options: { body: { kind: 'DeleteOptions', apiVersion: 'apps/v1', gracePeriodSeconds: 'x' } },
    },
    {
      ...badRequest(
        `DELETE ${CONFIG_MAPS}/one?`,
        'no kind "ConfigMap" is registered for version "v1" in scheme ' +
          '"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"',
      ),
      what: 'a delete whose body is another object',
      options: { body },
    },
    ...[
      ['', 'ListOptions', 'v1'],
      ['apps/v1', 'CreateOptions', 'v1'],
      ['meta.k8s.io/v1', 'Table', 'v1'],
      ['meta.k8s.io/v1beta1', 'PartialObjectMetadataList', 'v1beta1'],
    ].map(([apiVersion = '', kind = '', version = '']) => ({
      ...badRequest(
        `DELETE ${CONFIG_MAPS}/one`,
        `converting (${version}.${kind}) to (v1.DeleteOptions): unknown conversion`,
      ),
      what: `a delete with ${kind} of ${apiVersion}`,
      options: { body: { kind, apiVersion } },
    })),
  ])
})

describe('forms of the answer', () => {
  const notAcceptable = (what: string, request: string, accept: string, message: string): Refusal => ({
    what,
    request,
    options: { headers: { accept } },
    code: 406,
    reason: 'NotAcceptable',
    message,
    ...(message.startsWith('406') ? { details: {} } : {}),
  })
  const as = (shape: string): string => `application/json;as=${shape};g=meta.k8s.io;v=v1`
  const only =
    'only the following media types are accepted: application/json, application/yaml, ' +
    'application/vnd.kubernetes.protobuf'
  const routed =
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, ' +
    'application/vnd.kubernetes.protobuf'
  const frames = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch'
  refuses(apiWithOne, [
    {
      ...badRequest(
        list('includeObject=All'),
        'Unable to convert to Table as requested: ' +
          'includeObject: Invalid value: "All": must be \'Metadata\', \'Object\', \'None\', or empty',
      ),
      options: { headers: { accept: as('Table') } },
    },
    notAcceptable('a list in a form that nobody writes', `GET ${CONFIG_MAPS}`, 'text/html', `${routed}, ${frames}`),
    notAcceptable('a form that nobody writes', `GET ${CONFIG_MAPS}/one`, 'application/*', routed),
    notAcceptable('a shape that nobody knows', `GET ${CONFIG_MAPS}/one`, as('Chart'), only),
    notAcceptable(
      'a list of metadata for one object',
      `GET ${CONFIG_MAPS}/one`,
      as('PartialObjectMetadataList'),
      'you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)',
    ),
    notAcceptable(
      "one object's metadata for a list",
      `GET ${CONFIG_MAPS}`,
      as('PartialObjectMetadata'),
      'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
    ),
  ])
})

describe('more watches than there is room for', () => {
  async function crowdedApi(): Promise<TestApi> {
    const api = await apiWithOne()
    const sink = { deliver: () => true, end: () => undefined }
    for (let count = 0; count < MAX_WATCHERS; count++) api.scope.hub.watch({ resource: 'pods', after: 1, sink })
    return api
  }
  refuses(crowdedApi, [
    {
      what: 'one watch more than the limit, and says when to come back',
      request: list('watch=true'),
      code: 429,
      reason: 'TooManyRequests',
      message: 'too many watches are open in this namespace (2000), please try again later',
      details: { retryAfterSeconds: 1 },
      headers: { 'retry-after': '1' },
    },
  ])
})

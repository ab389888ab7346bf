/**
 * Requests that are well formed and refused all the same: for their names, for what is there or not there, for where
 * they go.
 */
import { describe, expect, it } from 'vitest'
import type { RequestOptions, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import type { Refusal } from './refusal-world.ts'
import { CONFIG_MAPS, LEASES, MERGE_PATCH, configMap, invalidDetails, lease, refuses } from './refusal-world.ts'

async function apiWithOne(): Promise<TestApi> {
  const api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('one', { data: { a: '1' } }) })
  await api.json('POST', LEASES, { body: lease('one') })
  return api
}

const about = (name: string): unknown => ({ name, kind: 'configmaps' })
const OPTIMISTIC_LOCK =
  'the object has been modified; please apply your changes to the latest version and try again'

describe('names', () => {
  const rule = (name: string, message: string): Refusal => ({
    what: `the name ${name.slice(0, 20)}`,
    request: `POST ${CONFIG_MAPS}`,
    options: { body: configMap(name) },
    code: 422,
    reason: 'Invalid',
    message: `ConfigMap "${name}" is invalid: metadata.name: ${message}`,
    details: invalidDetails({ name, kind: 'ConfigMap' }, [
      message.startsWith('Required') ? 'Required' : 'Invalid',
      'metadata.name',
      message,
    ]),
  })
  const subdomain =
    'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start ' +
    'and end with an alphanumeric character (e.g. \'example.com\', regex used for validation is ' +
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  const long = 'n'.repeat(254)
  refuses(apiWithOne, [
    rule(long, `Invalid value: "${long}": must be no more than 253 characters`),
    rule('Upper_Case', `Invalid value: "Upper_Case": ${subdomain}`),
    {
      ...rule('', 'Required value: name or generateName is required'),
      details: invalidDetails({ kind: 'ConfigMap' }, [
        'Required',
        'metadata.name',
        'Required value: name or generateName is required',
      ]),
    },
    {
      what: 'a name that no object can have',
      request: `GET ${CONFIG_MAPS}/a%25b`,
      code: 400,
      reason: 'BadRequest',
      message: 'Name parameter invalid: "a%b": may not contain \'%\'',
    },
    {
      what: 'an object of another name than its address',
      request: `PUT ${CONFIG_MAPS}/one`,
      options: { body: configMap('two') },
      code: 400,
      reason: 'BadRequest',
      message: 'the name of the object (two) does not match the name on the URL (one)',
    },
    {
      what: 'an object without a name at an address that has one',
      request: `PUT ${CONFIG_MAPS}/one`,
      options: { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } },
      code: 400,
      reason: 'BadRequest',
      message: 'the name of the object (one based on URL) was undeterminable: name must be provided',
    },
    {
      what: 'an object of another namespace than its address, whatever its name, and though nothing is there',
      request: `PUT ${CONFIG_MAPS}/one`,
      options: { body: { ...configMap('two'), metadata: { name: 'two', namespace: 'else' } } },
      code: 400,
      reason: 'BadRequest',
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    },
    {
      what: 'an object of another namespace',
      request: `POST ${CONFIG_MAPS}`,
      options: { body: { ...configMap('x'), metadata: { name: 'x', namespace: 'else' } } },
      code: 400,
      reason: 'BadRequest',
      message: 'the namespace of the provided object does not match the namespace sent on the request',
    },
  ])
})

describe('what is there already, or is another by now', () => {
  const conflict = (what: string, request: string, body: unknown, why: string): Refusal => ({
    what,
    request,
    options: { body, headers: request.startsWith('PATCH') ? MERGE_PATCH : {} },
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on configmaps "one": ${why}`,
    details: about('one'),
  })
  const stale = { name: 'one', resourceVersion: '77' }
  refuses(apiWithOne, [
    {
      what: 'a name that is taken',
      request: `POST ${CONFIG_MAPS}`,
      options: { body: configMap('one') },
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "one" already exists',
      details: about('one'),
    },
    conflict(
      'an update of a stale version',
      `PUT ${CONFIG_MAPS}/one`,
      { ...configMap('one'), metadata: stale },
      OPTIMISTIC_LOCK,
    ),
    conflict('a patch of a stale version', `PATCH ${CONFIG_MAPS}/one`, { metadata: stale }, OPTIMISTIC_LOCK),
    {
      what: 'an update whose version is none',
      request: `PUT ${CONFIG_MAPS}/one`,
      options: { body: { ...configMap('one'), metadata: { name: 'one', resourceVersion: 'abc' } } },
      code: 500,
      reason: undefined,
      message: 'strconv.ParseUint: parsing "abc": invalid syntax',
    },
    {
      what: 'an update of a Lease without its version',
      request: `PUT ${LEASES}/one`,
      options: { body: lease('one') },
      code: 422,
      reason: 'Invalid',
      message:
        'leases.coordination.k8s.io "one" is invalid: ' +
        'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
      details: invalidDetails({ name: 'one', group: 'coordination.k8s.io', kind: 'leases' }, [
        'Invalid',
        'metadata.resourceVersion',
        'Invalid value: 0: must be specified for an update',
      ]),
    },
    {
      what: 'a create with a version',
      request: `POST ${CONFIG_MAPS}`,
      options: { body: { ...configMap('two'), metadata: { name: 'two', resourceVersion: '1' } } },
      code: 500,
      reason: undefined,
      message: 'resourceVersion should not be set on objects to be created',
    },
    {
      what: 'an invalid object before the name that it would take',
      request: `POST ${CONFIG_MAPS}`,
      options: { body: configMap('one', { data: { 'a b': '' } }) },
      code: 422,
      reason: 'Invalid',
      message: expect.stringContaining('ConfigMap "one" is invalid: data[a b]: ') as string,
      details: expect.objectContaining({ name: 'one', kind: 'ConfigMap' }),
    },
    {
      what: 'a delete of another object of the name',
      request: `DELETE ${CONFIG_MAPS}/one`,
      options: { body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'other' } } },
      code: 409,
      reason: 'Conflict',
      message: expect.stringMatching(
        /^Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition \(other\) does not match the UID in record \([-0-9a-f]{36}\)\. The object might have been deleted and then recreated$/,
      ) as string,
      details: { name: 'one', kind: 'ConfigMap' },
    },
    {
      what: 'a delete of another version',
      request: `DELETE ${CONFIG_MAPS}/one`,
      options: { body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { resourceVersion: '77' } } },
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on ConfigMap "one": the ResourceVersion in the precondition (77) does not ' +
        'match the ResourceVersion in record (1). The object might have been modified',
      details: { name: 'one', kind: 'ConfigMap' },
    },
  ])
})

describe('what is not there', () => {
  const absent = (request: string, options: RequestOptions = {}): Refusal => ({
    what: request,
    request,
    options,
    code: 404,
    reason: 'NotFound',
    message: 'configmaps "none" not found',
    details: about('none'),
  })
  const unknownPath = (request: string): Refusal => ({
    ...absent(request),
    message: 'the server could not find the requested resource',
    details: {},
  })
  const wrongMethod = (request: string, options: RequestOptions = {}): Refusal => ({
    ...unknownPath(request),
    options,
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
  })
  const body = configMap('one')
  refuses(apiWithOne, [
    absent(`GET ${CONFIG_MAPS}/none`),
    absent(`PUT ${CONFIG_MAPS}/none`, { body: configMap('none') }),
    absent(`PATCH ${CONFIG_MAPS}/none`, { body: '{}', headers: MERGE_PATCH }),
    absent(`DELETE ${CONFIG_MAPS}/none`),
    unknownPath('GET /apis/apps/v9/namespaces/team/deployments'),
    unknownPath('GET /api/v1/namespaces/team/things'),
    unknownPath(`GET ${CONFIG_MAPS}/one/scale`),
    unknownPath('GET /api/v1/configmaps/one'),
    wrongMethod('POST /api/v1/configmaps', { body }),
    wrongMethod(`PUT ${CONFIG_MAPS}`, { body }),
    wrongMethod(`POST ${CONFIG_MAPS}/one`, { body }),
    wrongMethod('GET /apis/authorization.k8s.io/v1/selfsubjectaccessreviews'),
    wrongMethod('POST /api/v1/watch/namespaces/team/configmaps', { body }),
  ])
})

describe('a namespace that takes nothing', () => {
  const create = { what: 'a create', request: `POST ${CONFIG_MAPS}`, options: { body: configMap('x') } }
  const invalid = { ...create, what: 'an invalid create all the same', options: { body: configMap('X') } }
  const missing = {
    code: 404,
    reason: 'NotFound',
    message: 'namespaces "team" not found',
    details: { name: 'team', kind: 'namespaces' },
  }
  describe('because it is not there', () => {
    refuses(() => Promise.resolve(testApi('team', { isAbsent: true })), [
      { ...create, ...missing },
      { ...invalid, ...missing },
    ])
  })

  describe('because it is being deleted', () => {
    const sealed = async (): Promise<TestApi> => {
      const api = await apiWithOne()
      api.state.seal(api.state.uid ?? '')
      return api
    }
    const terminating = (name: string): Pick<Refusal, 'code' | 'reason' | 'message' | 'details'> => ({
      code: 403,
      reason: 'Forbidden',
      message:
        `configmaps "${name}" is forbidden: ` +
        'unable to create new content in namespace team because it is being terminated',
      details: {
        name,
        kind: 'configmaps',
        causes: [
          {
            reason: 'NamespaceTerminating',
            message: 'namespace team is being terminated',
            field: 'metadata.namespace',
          },
        ],
      },
    })
    refuses(sealed, [
      { ...create, ...terminating('x') },
      { ...invalid, ...terminating('X') },
    ])

    it('takes updates and deletes', async () => {
      const api = await sealed()
      const options = { body: configMap('one', { data: { a: '2' } }) }
      expect((await api.json('PUT', `${CONFIG_MAPS}/one`, options)).code).toBe(200)
      expect((await api.json('DELETE', `${CONFIG_MAPS}/one`)).code).toBe(200)
    })
  })
})

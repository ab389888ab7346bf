/**
 * Paths of what is no resource: discovery of groups and versions, the server's version, and how others verify its
 * tokens. Upstream: k8s.io/apiserver pkg/endpoints/discovery/{root,group,version,legacy}.go and
 * pkg/server/routes/{version,openidmetadata}.go.
 */
import { MEDIA_TYPES } from '../../negotiate.ts'
import { TEXT_MODEL, operationId, tagOf, type Operation, type Path } from './operation.ts'

type Said = Pick<Operation, 'id' | 'tag' | 'description'> & { model: string; consumes?: string[]; produces?: string[] }

function getOf(path: string, { id, tag, description, model, consumes, produces }: Said): Path {
  const operation: Operation = {
    method: 'get',
    id,
    tag,
    description,
    parameters: [],
    consumes: consumes ?? MEDIA_TYPES,
    produces: produces ?? MEDIA_TYPES,
    answers: [{ code: 200, model }],
  }
  return { path, operations: [operation] }
}

/** By the name of their document, which is their address without slashes around it. */
const FIXED: Readonly<Record<string, Path>> = {
  api: getOf('/api/', {
    id: 'getCoreAPIVersions', tag: 'core', description: 'get available API versions', model: 'V1APIVersions',
  }),
  apis: getOf('/apis/', {
    id: 'getAPIVersions', tag: 'apis', description: 'get available API versions', model: 'V1APIGroupList',
  }),
  version: getOf('/version/', {
    id: 'getCodeVersion',
    tag: 'version',
    description: 'get the version information for this server',
    model: 'VersionInfo',
    consumes: ['application/json'],
    produces: ['application/json'],
  }),
  '.well-known/openid-configuration': getOf('/.well-known/openid-configuration/', {
    id: 'getServiceAccountIssuerOpenIDConfiguration',
    tag: 'WellKnown',
    description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
    model: TEXT_MODEL,
    consumes: [],
    produces: ['application/json'],
  }),
  'openid/v1/jwks': getOf('/openid/v1/jwks/', {
    id: 'getServiceAccountIssuerOpenIDKeyset',
    tag: 'openid',
    description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
    model: TEXT_MODEL,
    consumes: [],
    produces: ['application/jwk-set+json'],
  }),
}

/** What the document of a name says besides the paths of kinds; `isBuiltIn`: a group of the server's own. */
export function discoveryPaths(document: string, isBuiltIn: boolean): Path[] {
  const fixed = FIXED[document]
  if (fixed !== undefined) return [fixed]
  if (!isBuiltIn) return []
  const [root, ...rest] = document.split('/')
  const [group = '', version = ''] = root === 'api' ? ['', ...rest] : rest
  const at = { group, version }
  const said = { id: operationId('get', at, version === '' ? 'APIGroup' : 'APIResources'), tag: tagOf(at) }
  return [
    getOf(`/${document}/`, version === ''
      ? { ...said, description: 'get information of a group', model: 'V1APIGroup' }
      : { ...said, description: 'get available resources', model: 'V1APIResourceList' }),
  ]
}

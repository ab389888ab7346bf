/**
 * OpenAPI: what is served at /openapi/v2 and below /openapi/v3. Documents are built on request, from the schema of the
 * kinds and from descriptions that are loaded only then; their hashes are known without building them, because a build
 * of the server and a list of kinds determine them (k8s.io/kube-openapi pkg/handler and pkg/handler3).
 */
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { notAcceptableError } from '../../apimachinery/status-error.ts'
import type { DocumentedKind } from '../../apis/custom/listed-kind.ts'
import { schema } from '../../apis/schema.ts'
import { contentHash } from '../discovery/content-hash.ts'
import { gitVersion, type Build } from '../discovery/version.ts'
import type { CustomModel } from './definitions/custom-schemas.ts'
import { documentV2, documentV3, type DocumentParts } from './documents.ts'
import { encodeOpenApiV2 } from './protobuf-v2.ts'
import type { Descriptions } from './definitions/schemas.ts'

export interface OpenApiOptions {
  readonly kinds: readonly DocumentedKind[]
  readonly build: Build
  /** Loads the texts of the fields; called at most once for each document. */
  readonly descriptions: () => Promise<Descriptions>
  /** What definitions say of their kinds, read from the store when a document is built. */
  readonly customModel?: (kind: DocumentedKind) => CustomModel
}

export interface OpenApiDocument {
  /** In double quotes: an If-None-Match of the same text is answered 304 without building the body. */
  readonly etag: string
  readonly contentType: string
  body(): Promise<string | Uint8Array<ArrayBuffer>>
}

export interface OpenApi {
  /** `path` is /openapi/v2, /openapi/v3 or below it; undefined where nothing is: 404. @throws ApiStatusError 406 */
  document(path: string, accept: string | null): OpenApiDocument | undefined
}

const JSON_TYPE = 'application/json'
/** What clients ask for, and what they get: a content type may not contain the `@`. */
const PROTOBUF_REQUESTED = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'
const PROTOBUF_ALSO_REQUESTED = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'
const PROTOBUF_TYPE = PROTOBUF_ALSO_REQUESTED

export function createOpenApi({
  kinds,
  build,
  descriptions,
  customModel = () => ({ schema: undefined, selectableFields: [] }),
}: OpenApiOptions): OpenApi {
  const title = { title: 'Kubernetes', version: gitVersion(build) } as const
  const versions = Map.groupBy(kinds, (kind) => `${kind.group === '' ? 'api' : 'apis'}/${formatGroupVersion(kind)}`)
  const hashes = new Map<string, string>()
  /** `name` says which of the kinds, so that one is made once. */
  function hashOf(name: string, served: readonly DocumentedKind[]): string {
    const known = hashes.get(name) ?? contentHash(build.version, build.commit, name, ...served.map(identify))
    hashes.set(name, known)
    return known
  }
  const partsOf = async (served: readonly DocumentedKind[]): Promise<DocumentParts> =>
    ({ kinds: served, schema, title, customModel, descriptions: await descriptions() })

  let indexed: OpenApiDocument | undefined
  function index(): OpenApiDocument {
    indexed ??= makeIndex()
    return indexed
  }

  function makeIndex(): OpenApiDocument {
    const paths = Object.fromEntries([...versions].map(([name, served]) =>
      [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(name, served)}` }]))
    const body = JSON.stringify({ paths })
    return { etag: `"${contentHash(body)}"`, contentType: JSON_TYPE, body: () => Promise.resolve(body) }
  }

  function v2(accept: string | null): OpenApiDocument {
    const contentType = negotiate(accept, [PROTOBUF_REQUESTED, PROTOBUF_ALSO_REQUESTED]) ? PROTOBUF_TYPE : JSON_TYPE
    return {
      etag: `"${hashOf(contentType, kinds)}"`,
      contentType,
      body: async () => {
        const document = documentV2(await partsOf(kinds))
        return contentType === PROTOBUF_TYPE ? encodeOpenApiV2(document) : JSON.stringify(document)
      },
    }
  }

  return {
    document(path, accept) {
      if (path === '/openapi/v2') return v2(accept)
      if (path !== '/openapi/v3' && !path.startsWith('/openapi/v3/')) return undefined
      const name = path.slice('/openapi/v3/'.length)
      const served = versions.get(name)
      if (name !== '' && served === undefined) return undefined
      negotiate(accept, [])
      if (served === undefined) return index()
      return {
        etag: `"${hashOf(name, served)}"`,
        contentType: JSON_TYPE,
        body: async () => JSON.stringify(documentV3(await partsOf(served))),
      }
    },
  }
}

/** What of a kind shows in a document besides its type's schema, which the build determines. */
function identify({ group, version, resource, verbs, subresources, definition }: DocumentedKind): string {
  const below = subresources.map(({ name, verbs: own }) => `${name}:${own.join()}`)
  const from = definition === undefined ? [] : [definition.name, String(definition.revision)]
  return [group, version, resource, ...verbs, ...below, ...from].join()
}

/** Whether the first acceptable type is one of `others` rather than JSON. */
function negotiate(accept: string | null, others: readonly string[]): boolean {
  if (accept === null || accept.trim() === '') return false
  for (const clause of accept.split(',')) {
    const mediaType = (clause.split(';')[0] ?? '').trim().toLowerCase()
    if (others.includes(mediaType)) return true
    if (mediaType === JSON_TYPE || mediaType === 'application/*' || mediaType === '*/*') return false
  }
  throw notAcceptableError([JSON_TYPE, ...others.slice(0, 1)])
}

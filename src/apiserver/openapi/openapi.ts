/**
 * OpenAPI: what is served at /openapi/v2 and below /openapi/v3. Documents are built on request, from the schema of the
 * kinds and from descriptions, by code that is loaded only then; their hashes are known without building them, because
 * a build of the server and a list of kinds determine them (k8s.io/kube-openapi pkg/handler and pkg/handler3).
 */
import { byKey } from '../../lib/order.ts'
import { goJson } from '../../apimachinery/field-path.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import type { DocumentedKind } from '../../apis/custom/listed-kind.ts'
import { contentHash } from '../discovery/content-hash.ts'
import { EMULATED_VERSION, type Build } from '../discovery/version.ts'
import { parseAccept } from '../negotiate.ts'
import type { CustomModel } from './definitions/custom-schemas.ts'
import type { DocumentParts, NamedDocument } from './documents.ts'
import type { Descriptions } from './definitions/schemas.ts'

export interface OpenApiOptions {
  readonly kinds: readonly DocumentedKind[]
  readonly build: Build
  /** How others verify the server's tokens is told at addresses of its own. */
  readonly isIssuer?: boolean
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
  /** `path` is /openapi/v2, /openapi/v3 or below it; undefined where nothing is: 404. */
  document(path: string, accept: string | null): OpenApiDocument | 'not acceptable' | undefined
}

const JSON_TYPE = 'application/json'

/** What Go takes JSON for that nobody names: the aggregator, which has the index, does not (kube-aggregator openapiv3). */
const INDEX_TYPE = 'text/plain; charset=utf-8'

type Form = 'json' | 'protobuf'
type Named = readonly [subtype: string, form: Form]

/** Forms by what is asked for: what is given has no `@`, which a content type may not contain. */
function formsOf(version: 2 | 3): readonly [Named, Named, Named] {
  const protobuf = `com.github.proto-openapi.spec.v${String(version)}`
  return [['json', 'json'], [`${protobuf}.v1.0+protobuf`, 'protobuf'], [`${protobuf}@v1.0+protobuf`, 'protobuf']]
}

const FORMS = { 2: formsOf(2), 3: formsOf(3) } as const

export function createOpenApi({
  kinds,
  build,
  isIssuer = false,
  descriptions,
  customModel = () => ({ schema: undefined, selectableFields: [] }),
}: OpenApiOptions): OpenApi {
  const title = { title: 'Kubernetes', version: EMULATED_VERSION } as const
  const documents = namedDocuments(kinds, isIssuer)
  const hashes = new Map<string, string>()
  /** `name` says which of the kinds, so that one is made once. */
  function etagOf(name: string, served: readonly DocumentedKind[]): string {
    const known = hashes.get(name) ?? contentHash(build.version, build.commit, name, ...served.map(identify))
    hashes.set(name, known)
    return `"${known}"`
  }
  async function partsOf(named: readonly NamedDocument[]): Promise<DocumentParts> {
    const { pathsOf } = await import('./documents.ts')
    const own = named.flatMap(([, served]) => served)
    const texts = await descriptions()
    return { kinds: own, paths: pathsOf(named), allKinds: kinds, title, customModel, descriptions: texts }
  }

  let indexed: OpenApiDocument | undefined
  function makeIndex(): OpenApiDocument {
    const paths = Object.fromEntries([...documents].map(([name, served]) =>
      [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${etagOf(name, served).replaceAll('"', '')}` }]))
    const body = JSON.stringify({ paths })
    return { etag: `"${contentHash(body)}"`, contentType: INDEX_TYPE, body: () => Promise.resolve(body) }
  }

  function v2(accept: string | null): OpenApiDocument | 'not acceptable' {
    return inForm(2, accept, etagOf('', kinds), async (form) => {
      const { documentV2 } = await import('./version2.ts')
      const document = documentV2(await partsOf([...documents]))
      if (form === 'json') return JSON.stringify(document)
      return (await import('./protobuf/version2.ts')).encodeOpenApiV2(document)
    })
  }

  function v3(name: string, served: readonly DocumentedKind[], accept: string | null) {
    return inForm(3, accept, etagOf(name, served), async (form) => {
      const { documentV3 } = await import('./version3.ts')
      const document = documentV3(await partsOf([[name, served]]))
      if (form === 'json') return goJson(document)
      return (await import('./protobuf/version3.ts')).encodeOpenApiV3(document)
    })
  }

  return {
    document(path, accept) {
      if (path === '/openapi/v2') return v2(accept)
      // The index has one form, whatever is asked for.
      if (path === '/openapi/v3') return (indexed ??= makeIndex())
      if (!path.startsWith('/openapi/v3/')) return undefined
      const name = path.slice('/openapi/v3/'.length)
      const served = documents.get(name)
      return served === undefined ? undefined : v3(name, served, accept)
    },
  }
}

/** The index's names and the kinds of each, in the order of names; what has no kinds tells of discovery. */
function namedDocuments(kinds: readonly DocumentedKind[], isIssuer: boolean): Map<string, DocumentedKind[]> {
  const versions = Map.groupBy(kinds, (kind) => `${kind.group === '' ? 'api' : 'apis'}/${formatGroupVersion(kind)}`)
  const groups = kinds.filter(({ group, definition }) => group !== '' && definition === undefined)
  const others = [
    'api', 'apis', 'version', ...(isIssuer ? ['.well-known/openid-configuration', 'openid/v1/jwks'] : []),
    ...new Set(groups.map(({ group }) => `apis/${group}`)),
  ]
  const all = [...versions, ...others.map((name): [string, DocumentedKind[]] => [name, []])]
  return new Map(all.toSorted(byKey))
}

/** What of a kind shows in a document besides its type's schema, which the build determines. */
function identify({ group, version, resource, verbs, subresources, definition }: DocumentedKind): string {
  const below = subresources.map(({ name, verbs: own }) => `${name}:${own.join()}`)
  const from = definition === undefined ? [] : [definition.name, String(definition.revision)]
  return [group, version, resource, ...verbs, ...below, ...from].join()
}

/** The first form that is asked for; all of a document's have one ETag. */
function inForm(
  version: 2 | 3,
  accept: string | null,
  etag: string,
  body: (form: Form) => ReturnType<OpenApiDocument['body']>,
): OpenApiDocument | 'not acceptable' {
  for (const { type, subtype } of parseAccept(accept === null || accept === '' ? '*/*' : accept)) {
    if (type !== 'application' && type !== '*') continue
    const [, form] = FORMS[version].find(([name]) => subtype === '*' || subtype === name) ?? []
    if (form === undefined) continue
    const [, [protobuf]] = FORMS[version]
    return { etag, contentType: form === 'json' ? JSON_TYPE : `application/${protobuf}`, body: () => body(form) }
  }
  return 'not acceptable'
}

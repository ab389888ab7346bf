/**
 * Discovery and OpenAPI, made when first asked for: of a cluster's definitions anew whenever one has changed.
 * Descriptions are an asset of the deployment, read when a document is built.
 */
import { KINDS } from '../../apis/kinds.ts'
import type { DocumentedKind } from '../../apis/custom/listed-kind.ts'
import { OWN_DESCRIPTIONS } from '../../apis/workernetes/structure.ts'
import type { Discovery } from '../../apiserver/discovery/discovery.ts'
import { createDiscovery, indentedDiscovery } from '../../apiserver/discovery/discovery.ts'
import { checkProduced, isPrettyWanted, parseAccept } from '../../apiserver/negotiate.ts'
import type { OpenApi } from '../../apiserver/openapi/openapi.ts'
import type { Descriptions } from '../../apiserver/openapi/definitions/schemas.ts'
import { createOpenApi } from '../../apiserver/openapi/openapi.ts'
import { answerFlagz, answerStatusz } from '../../apiserver/operations/zpages.ts'
import { GZIP_MIN_LENGTH, acceptsGzip, bodyAnswer } from '../../apiserver/reading/gzip.ts'
import { answerContent, asksForRange, notModified } from '../../apiserver/reading/served-content.ts'
import {
  DISCOVERY_MAX_AGE_SECONDS,
  JWKS_PATH,
  OPENID_CONFIGURATION_PATH,
  jwksDocument,
  openIdConfiguration,
} from '../../auth/service-account/issuer-discovery.ts'
import { serviceUnavailableError } from '../../apimachinery/status-error.ts'
import type { DefinitionIndex } from '../../registry/kinds/definition-index.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import { answerFlowTable } from '../operations/gather-flow.ts'
import { answerMetrics, answerSlis } from '../operations/gather-metrics.ts'
import { flagsOf, serverStatus } from '../operations/server-status.ts'
import { FinishedDocuments } from './finished-documents.ts'
import { issuerOfCluster, serviceAccountKeys } from './authenticate-request.ts'
import { BUILD } from './build.ts'

/** What a logical cluster serves besides resources; undefined: there is no such document. */
export function documentsOf(
  env: Env,
  cluster: string,
  definitions: () => DefinitionIndex,
): (request: Request, url: URL) => Promise<Response | undefined> {
  let made: (Documents & { readonly asOf: number }) | undefined
  const current = (): Documents => {
    const index = definitions()
    if (made?.asOf !== index.revision) made = { asOf: index.revision, ...documentsAsOf(env, index) }
    return made
  }
  return async (request, url) => {
    const { pathname } = url
    if (pathname.startsWith('/openapi/')) return answerOpenApi(current(), request, url)
    if (pathname === '/metrics') return answerMetrics(env, cluster, request)
    if (pathname === '/metrics/slis') return answerSlis(cluster, request)
    if (pathname === '/statusz') return answerStatusz(request, serverStatus(), systemRandom)
    if (pathname.startsWith('/debug/')) return answerFlowTable(env, cluster, url)
    if (pathname === '/flagz') return answerFlagz(request, flagsOf(env), systemRandom)
    // Its routes do not mind a slash at their end.
    const routed = pathname.replace(/\/$/, '')
    if (ISSUER_PATHS.includes(routed)) return answerIssuer(env, cluster, request, routed)
    return answerDiscovery(current(), request, url)
  }
}

const ISSUER_PATHS: readonly string[] = [OPENID_CONFIGURATION_PATH, JWKS_PATH]

interface Documents {
  readonly discovery: Discovery
  readonly openApi: OpenApi
  readonly finished: FinishedDocuments
  /** Since when they are what they are, as far as this isolate knows. */
  readonly modifiedMs: number
}

/** Clusters without definitions share theirs. */
const withoutDefinitions = new WeakMap<Env, Documents>()

function documentsAsOf(env: Env, index: DefinitionIndex): Documents {
  const custom = index.kinds()
  if (custom.length > 0) return createDocuments(env, [...KINDS, ...custom], index)
  const shared = withoutDefinitions.get(env) ?? createDocuments(env, KINDS, index)
  withoutDefinitions.set(env, shared)
  return shared
}

function createDocuments(env: Env, kinds: readonly DocumentedKind[], index: DefinitionIndex): Documents {
  return {
    finished: new FinishedDocuments(),
    modifiedMs: systemClock.now(),
    discovery: createDiscovery({ kinds, build: BUILD, serverAddress: new URL(variablesOf(env).API_ADDRESS).host }),
    openApi: createOpenApi({
      kinds,
      build: BUILD,
      isIssuer: variablesOf(env).SERVICE_ACCOUNT_KEY !== '',
      descriptions: () => readDescriptions(env),
      customModel({ definition, version }) {
        const own = index.versionsOf(definition?.name ?? '').find(({ name }) => name === version)
        const selectable = own?.selectableFields ?? []
        return {
          schema: own?.schema?.openAPIV3Schema,
          selectableFields: selectable.map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
        }
      },
    }),
  }
}

/** How others verify our ServiceAccount tokens; who may ask is up to RBAC (system:service-account-issuer-discovery). */
async function answerIssuer(
  env: Env,
  cluster: string,
  request: Request,
  path: string,
): Promise<Response | undefined> {
  const keys = await serviceAccountKeys(env)
  if (keys === undefined) return undefined
  checkProduced(request.headers.get('accept'), [path === JWKS_PATH ? 'application/jwk-set+json' : 'application/json'])
  const headers = { 'cache-control': `public, max-age=${String(DISCOVERY_MAX_AGE_SECONDS)}` }
  if (path === JWKS_PATH) {
    const type = { 'content-type': 'application/jwk-set+json' }
    return new Response(JSON.stringify(jwksDocument(keys)), { headers: { ...headers, ...type } })
  }
  const { API_ADDRESS } = variablesOf(env)
  return Response.json(openIdConfiguration(issuerOfCluster(cluster), API_ADDRESS), { headers })
}

async function answerDiscovery(
  { discovery, finished }: Documents,
  request: Request,
  url: URL,
): Promise<Response | undefined> {
  const document = discovery.document(url.pathname, request.headers.get('accept'))
  if (document === undefined) return undefined
  const headers = new Headers({ 'content-type': document.contentType, 'cache-control': 'no-cache, private' })
  if (document.etag !== undefined) {
    setEtag(headers, document.etag)
    headers.set('cache-control', 'public')
  }
  if (isKnown(request, document.etag)) return notModified(headers)
  const isPretty = document.isPretty || isPrettyWanted(request.headers, url.searchParams.get('pretty'))
  const { etag } = document
  const body = isPretty ? indentedDiscovery(document.body) : document.body
  const isGzipped = acceptsGzip(request.headers)
  // What has many definitions in it is worth keeping compressed; anything else is at hand as it is.
  const isKept = etag !== undefined && isGzipped && !isPretty && body.length > GZIP_MIN_LENGTH
  if (!isKept) return bodyAnswer(body, { headers }, isGzipped)
  return finished.answer({ etag: `${document.contentType} ${etag}`, headers, body: () => Promise.resolve(body) }, true)
}

/** Of a name that the index has not. */
const NO_DOCUMENT = { status: 404, headers: { 'cache-control': 'no-cache, private' } }

async function answerOpenApi(
  { openApi, finished, modifiedMs }: Documents,
  request: Request,
  url: URL,
): Promise<Response | undefined> {
  const document = openApi.document(url.pathname, request.headers.get('accept'))
  if (document === undefined && url.pathname.startsWith('/openapi/v3/')) return new Response(null, NO_DOCUMENT)
  if (document === undefined) return undefined
  const headers = new Headers({ 'cache-control': 'no-cache, private' })
  // The aggregator's index has one form, and no name; version 2 is compressed by a handler that says so.
  if (url.pathname === '/openapi/v2') headers.append('vary', 'Accept-Encoding')
  if (url.pathname !== '/openapi/v3') headers.append('vary', 'Accept')
  if (document === 'not acceptable') {
    // Who asks for nothing that could be read as a form is given nothing.
    const isUnread = url.pathname !== '/openapi/v2' && parseAccept(request.headers.get('accept') ?? '').length === 0
    return new Response(null, isUnread ? { headers: NO_DOCUMENT.headers } : { status: 406, headers })
  }
  headers.set('content-type', document.contentType)
  if (url.pathname !== '/openapi/v3') headers.set('etag', document.etag)
  // A list of documents that is older than they are leads to what they are now.
  const hash = url.searchParams.get('hash')
  if (url.pathname.startsWith('/openapi/v3/') && hash !== null && `"${hash}"` !== document.etag) {
    const location = `${url.pathname}?hash=${document.etag.replaceAll('"', '')}`
    return new Response(null, { status: 301, headers: { ...Object.fromEntries(headers), location } })
  }
  // The address of a document names its content's hash, so what it once answered it answers for ever.
  if (url.searchParams.has('hash')) {
    headers.set('cache-control', 'public, immutable')
    headers.set('expires', inAYear())
  }
  const { contentType, etag, body } = document
  const isGzipped = acceptsGzip(request.headers) && !asksForRange(request)
  // The index has no name by which a client could tell it from an earlier one of the same second.
  const isLive = url.pathname === '/openapi/v3'
  return answerContent(request, { headers, modifiedMs: isLive ? systemClock.now() : modifiedMs, isLive }, () =>
    finished.answer({ etag: `${contentType} ${etag}`, headers, body }, isGzipped))
}

/** The zone as Go names it. */
function inAYear(): string {
  const time = new Date(systemClock.now())
  time.setUTCFullYear(time.getUTCFullYear() + 1)
  return time.toUTCString().replace('GMT', 'UTC')
}

/** The host of an asset's address means nothing. */
const DESCRIPTIONS_ADDRESS = 'https://assets/generated/descriptions.json'

/** Documents without their texts must not be given out: clients keep them under a name that says they are whole. */
async function readDescriptions({ ASSETS }: Env): Promise<Descriptions> {
  const response = await ASSETS.fetch(DESCRIPTIONS_ADDRESS)
  if (!response.ok) {
    console.error(`the asset ${DESCRIPTIONS_ADDRESS} cannot be read: ${String(response.status)}`)
    throw serviceUnavailableError('descriptions of the API cannot be read, please try again')
  }
  return { ...(await response.json<Descriptions>()), ...OWN_DESCRIPTIONS }
}

function setEtag(headers: Headers, etag: string): void {
  headers.set('etag', etag)
  headers.set('vary', 'Accept')
}

function isKnown(request: Request, etag: string | undefined): boolean {
  return etag !== undefined && request.headers.get('if-none-match') === etag
}

/**
 * Discovery and OpenAPI of the built-in kinds, made once per isolate when first asked for: they are the same for every
 * cluster. Descriptions are a lazy asset of the deployment; without it the documents come without them.
 */
import { KINDS } from '../../apis/kinds.ts'
import type { Discovery } from '../../apiserver/discovery/discovery.ts'
import { createDiscovery } from '../../apiserver/discovery/discovery.ts'
import type { OpenApi } from '../../apiserver/openapi/openapi.ts'
import { createOpenApi } from '../../apiserver/openapi/openapi.ts'
import { BUILD } from './build.ts'

let discovery: Discovery | undefined
let openApi: OpenApi | undefined

export async function answerDocuments(request: Request, url: URL): Promise<Response | undefined> {
  return url.pathname.startsWith('/openapi/') ? answerOpenApi(request, url) : answerDiscovery(request, url)
}

function answerDiscovery(request: Request, url: URL): Response | undefined {
  discovery ??= createDiscovery({ kinds: KINDS, build: BUILD })
  const document = discovery.document(url.pathname, request.headers.get('accept'))
  if (document === undefined) return undefined
  const headers = new Headers({ 'content-type': document.contentType })
  if (document.etag !== undefined) setEtag(headers, document.etag)
  return isKnown(request, document.etag) ? notModified(headers) : new Response(document.body, { headers })
}

async function answerOpenApi(request: Request, url: URL): Promise<Response | undefined> {
  openApi ??= createOpenApi({ kinds: KINDS, build: BUILD, descriptions: () => Promise.resolve({}) })
  const document = openApi.document(url.pathname, request.headers.get('accept'))
  if (document === undefined) return undefined
  const headers = new Headers({ 'content-type': document.contentType })
  setEtag(headers, document.etag)
  // The address of a document names its content's hash, so what it once answered it answers for ever.
  if (url.searchParams.has('hash')) headers.set('cache-control', 'public, immutable, max-age=31536000')
  return isKnown(request, document.etag) ? notModified(headers) : new Response(await document.body(), { headers })
}

function setEtag(headers: Headers, etag: string): void {
  headers.set('etag', etag)
  headers.set('vary', 'Accept')
  headers.set('cache-control', 'public')
}

function isKnown(request: Request, etag: string | undefined): boolean {
  return etag !== undefined && request.headers.get('if-none-match') === etag
}

function notModified(headers: Headers): Response {
  return new Response(null, { status: 304, headers })
}

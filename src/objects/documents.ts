/** Discovery and OpenAPI of the built-in kinds, made once per isolate when first asked for: they are the same for every cluster. */
import { KINDS } from '../apis/kinds.ts'
import type { Discovery } from '../apiserver/discovery/discovery.ts'
import { createDiscovery } from '../apiserver/discovery/discovery.ts'
import { BUILD } from './build.ts'

let discovery: Discovery | undefined

export function answerDocuments(request: Request, url: URL): Promise<Response | undefined> {
  discovery ??= createDiscovery({ kinds: KINDS, build: BUILD })
  const document = discovery.document(url.pathname, request.headers.get('accept'))
  if (document === undefined) return Promise.resolve(undefined)
  const headers = new Headers({ 'content-type': document.contentType })
  if (document.etag !== undefined) {
    headers.set('etag', document.etag)
    headers.set('vary', 'Accept')
    headers.set('cache-control', 'public')
    if (request.headers.get('if-none-match') === document.etag) {
      return Promise.resolve(new Response(null, { status: 304, headers }))
    }
  }
  return Promise.resolve(new Response(document.body, { headers }))
}

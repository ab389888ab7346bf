/**
 * What is answered where nothing is served: a Status below the paths of built-in groups, plain text anywhere else.
 * Upstream has one router for each group and version that it was built with, and behind them a multiplexer that speaks
 * no Status (k8s.io/apiserver pkg/server/handler.go, pkg/util/notfoundhandler).
 */
import { pathNotFoundError } from '../../apimachinery/status-error.ts'
import { KINDS, UNSERVED_KINDS } from '../../apis/kinds.ts'

const BUILT_IN_GROUPS: ReadonlySet<string> = new Set(
  [...KINDS, ...UNSERVED_KINDS.map(({ definition }) => definition)].map(({ group }) => group),
)

/** Whether a router of built-in groups looks at this path. */
function isRouted(path: string): boolean {
  const [root, group = ''] = path.split('/').filter((part) => part !== '')
  return root === 'api' || root === 'version' || (root === 'apis' && BUILT_IN_GROUPS.has(group))
}

/** @throws ApiStatusError 404 */
export function answerUnknownPath(path: string): Response {
  if (isRouted(path)) throw pathNotFoundError()
  // Who serves these documents says no more than this (k8s.io/kube-openapi pkg/handler3/handler.go).
  if (path.startsWith('/openapi/v3/')) {
    return new Response(null, { status: 404, headers: { 'cache-control': 'no-cache, private' } })
  }
  return new Response('404 page not found\n', {
    status: 404,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache, private',
      'x-content-type-options': 'nosniff',
    },
  })
}

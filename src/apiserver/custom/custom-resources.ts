/**
 * What requests for custom resources need beyond others: the object that owns them depends on the definition's scope,
 * and a write that an old copy of the definition would refuse, or prune, is judged by the newest one.
 */
import type { KindDefinition } from '../../apis/define-kind.ts'
import { hasReason, pathNotFoundError } from '../../apimachinery/status-error.ts'
import type { ApiHost } from '../api-host.ts'
import type { Converting } from './convert.ts'
import { convertedPage, withConversions } from './converted.ts'
import type { Change } from '../../store/object-store.ts'
import type { WatchSource } from '../reading/watch-stream.ts'
import type { ResourceRequest } from '../request-info.ts'
import { OWN_HEADER_PREFIX } from '../operations/own-headers.ts'

/** A field is not known to a definition that may be old by now. */
export class StaleDefinition extends Error {
  constructor() {
    super('a definition that may be old does not know a field')
  }
}

/** Says to the Worker whose the list is: `all` namespaces', or the `cluster` scope's. Nobody outside sees it. */
export const OWNER_HEADER = `${OWN_HEADER_PREFIX}owner`

export type Owner = 'all' | 'cluster'

export function ownedBy(owner: Owner): Response {
  return new Response(null, { status: 421, headers: { [OWNER_HEADER]: owner } })
}

/** Whether it is over all namespaces, which no scope's object answers. */
export function isOverAllNamespaces({ scope }: KindDefinition, info: ResourceRequest): boolean {
  const { namespace, verb, subresource } = info
  return scope === 'Namespaced' && namespace === '' && subresource === '' && (verb === 'list' || verb === 'watch')
}

/** A watch ends when its kind's definition changes, as upstream's does: its client lists and watches anew. */
export function kindWatch(
  host: Pick<ApiHost, 'kinds'> & Converting,
  definition: KindDefinition,
): Pick<WatchSource, 'onKindChange' | 'checkKind' | 'convert'> {
  const { custom } = definition
  const { kinds } = host
  if (custom === undefined) return {}
  return {
    ...(custom.forRequest === undefined
      ? {}
      : { convert: (changes: readonly Change[]) => convertedPage(host, definition, changes) }),
    onKindChange: (ended) => kinds.onChange(definition, ended),
    checkKind() {
      // Whether it can be asked just now does not matter: it is asked again.
      kinds.newest(definition).catch(() => undefined)
    },
  }
}

/** What concerns many objects converts them a page or one at a time. */
const OF_MANY: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection'])

const WRITES: ReadonlySet<string> = new Set(['create', 'update', 'patch'])

/** `answer` is called again, with the newest definition, when the first one refuses and there is another by now. */
export async function answerByNewest(
  host: ApiHost,
  request: Request,
  { verb }: ResourceRequest,
  definition: KindDefinition,
  answer: (request: Request, definition: KindDefinition, mayBeStale: boolean) => Promise<Response>,
): Promise<Response> {
  if (definition.custom?.forRequest !== undefined && !OF_MANY.has(verb)) {
    return withConversions(host, definition, (kind) => answer(request.clone(), kind, false))
  }
  // The cluster scope has the definitions themselves.
  if (host.namespace === '' || !WRITES.has(verb)) return answer(request, definition, false)
  const again = request.clone()
  let isTaken = false
  try {
    return await answer(request, definition, true)
  } catch (error) {
    const isStale = error instanceof StaleDefinition
    if (!isStale && !hasReason(error, 'Invalid', 'BadRequest', 'Forbidden')) throw error
    const newest = await host.kinds.newest(definition)
    if (newest === undefined) throw pathNotFoundError()
    if (newest === definition && !isStale) throw error
    isTaken = true
    return await answer(again, newest, false)
  } finally {
    if (!isTaken) giveUp(again)
  }
}

/**
 * Lets go of the body of a clone. It is not waited for: that ends only with the body that was cloned, which whoever
 * refused the request may have left unread; and how it ends concerns nobody.
 */
function giveUp({ body }: Request): void {
  body?.cancel().catch(() => undefined)
}

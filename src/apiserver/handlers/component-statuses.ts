/**
 * ComponentStatuses: each part is looked at while the request waits (kubernetes pkg/registry/core/componentstatus).
 * There is no state to list: neither revisions nor pages mean anything here.
 */
import { componentStatusOf } from '../../apis/core/component-status.ts'
import { notFoundError, notSupportedError } from '../../apimachinery/status-error.ts'
import { answerObject } from '../answer.ts'
import type { ApiHost } from '../api-host.ts'
import { storeWrong } from '../operations/health-checks.ts'
import { acceptsGzip } from '../reading/gzip.ts'
import { answerWhole } from '../reading/list.ts'
import { parseSelection } from '../reading/list-options.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, includeObjectOf } from '../request-context.ts'

type Look = (host: ApiHost) => string | undefined | Promise<string | undefined>

/** In upstream's words for the parts; what stands for each here is asked. */
const COMPONENTS: Readonly<Record<string, Look>> = {
  'controller-manager': ({ calls }) => calls.componentWrong('controller-manager'),
  scheduler: ({ calls }) => calls.componentWrong('scheduler'),
  'etcd-0': ({ reader }) => storeWrong(reader),
}

export async function answerComponentStatuses(context: RequestContext): Promise<Response> {
  const { definition, info, query, form, warnings, request, host } = context
  if (info.verb === 'get') {
    const text = await statusText(host, info.name)
    if (text === undefined) throw notFoundError({ group: '', resource: definition.singular }, info.name)
    return answerObject(definition, text, answerOptions(context, 200))
  }
  const matches = parseSelection(definition, query)
  if (info.verb === 'watch') throw notSupportedError(definition, info.verb)
  const chosen = Object.keys(COMPONENTS).filter((name) => matches?.(BARE, name, () => '') ?? true)
  const texts = await Promise.all(chosen.map((name) => statusText(host, name)))
  const objects = texts.flatMap((text) => (text === undefined ? [] : [{ text }]))
  const includeObject = includeObjectOf(form, query)
  const answer = { form, warnings, includeObject, acceptsGzip: acceptsGzip(request.headers) }
  return answerWhole(host, definition, {}, objects, answer)
}

/** They have names, and nothing else to be selected by. */
const BARE = { labels: {}, fields: {} }

async function statusText(host: ApiHost, name: string): Promise<string | undefined> {
  const look = Object.hasOwn(COMPONENTS, name) ? COMPONENTS[name] : undefined
  return look === undefined ? undefined : JSON.stringify(componentStatusOf(name, await look(host)))
}

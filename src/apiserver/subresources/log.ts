/** `pods/log`: the options checked as upstream does, then a stream from wherever the pod's kubelet runs. */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { badRequestError } from '../../apimachinery/status-error.ts'
import { parseObject } from '../../registry/object-text.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'

interface LoggedPod {
  spec?: { nodeName?: string; containers?: { name: string }[]; initContainers?: { name: string }[] }
}

export function answerLog({ host, definition, info, query }: RequestContext): Promise<Response> {
  const pod = parseObject(readStored(host, definition, info.name).text)
  const options = new URLSearchParams(query)
  options.set('container', containerOf(pod, info.name, query.get('container') ?? ''))
  if (((pod as LoggedPod).spec?.nodeName ?? '') === '') {
    // Not scheduled: nothing was printed, and upstream answers with an empty log.
    return Promise.resolve(new Response('', { headers: { 'content-type': 'text/plain' } }))
  }
  return host.calls.podLog(pod, options)
}

/** The container meant, with upstream's errors (pkg/registry/core/pod/strategy.go, LogLocation). */
function containerOf(pod: AnyObject, name: string, asked: string): string {
  const { spec } = pod as LoggedPod
  const containers = (spec?.containers ?? []).map((container) => container.name)
  const initContainers = (spec?.initContainers ?? []).map((container) => container.name)
  if (asked !== '') {
    if ([...containers, ...initContainers].includes(asked)) return asked
    throw badRequestError(`container ${asked} is not valid for pod ${name}`)
  }
  const [first] = containers
  if (containers.length === 1 && first !== undefined) return first
  const choices = `choose one of: [${containers.join(' ')}]`
  const inits = initContainers.length > 0 ? ` or one of the init containers: [${initContainers.join(' ')}]` : ''
  throw badRequestError(`a container name must be specified for pod ${name}, ${choices}${inits}`)
}

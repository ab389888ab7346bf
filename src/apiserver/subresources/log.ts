/** `pods/log`: the options checked as upstream does, then a stream from wherever the pod's kubelet runs. */
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { FieldError } from '../../apimachinery/field-path.ts'
import { forbidden, invalid } from '../../apimachinery/field-path.ts'
import { parseInteger } from '../../apimachinery/query-values.ts'
import { badRequestError, invalidError } from '../../apimachinery/status-error.ts'
import { parseObject } from '../../registry/object-text.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'

interface LoggedPod {
  spec?: { nodeName?: string; containers?: { name: string }[]; initContainers?: { name: string }[] }
}

export function answerLog({ host, definition, info, query }: RequestContext): Promise<Response> {
  const errors = optionErrors(query)
  if (errors.length > 0) throw invalidError({ group: '', kind: 'PodLogOptions' }, info.name, errors)
  const pod = parseObject(readStored(host, definition, info.name).text)
  const options = new URLSearchParams(query)
  options.set('container', containerOf(pod, info.name, query.get('container') ?? ''))
  if (((pod as LoggedPod).spec?.nodeName ?? '') === '') {
    // Not scheduled: nothing was printed, and upstream answers with an empty log.
    return Promise.resolve(new Response('', { headers: { 'content-type': 'text/plain' } }))
  }
  return host.calls.podLog(pod, options)
}

/** ValidatePodLogOptions of upstream's pkg/apis/core/validation/validation.go. */
function optionErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = []
  const atLeast = (name: string, least: number, detail: string): void => {
    const value = parseInteger(query.get(name))
    if (value !== undefined && value < least) errors.push(invalid(name, value, detail))
  }
  atLeast('tailLines', 0, 'must be greater than or equal to 0')
  atLeast('limitBytes', 1, 'must be greater than 0')
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    // Upstream names no field, which Go prints like an index of nothing (pkg/util/validation/field/path.go).
    errors.push(forbidden('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  } else {
    atLeast('sinceSeconds', 1, 'must be greater than 0')
  }
  return errors
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

/** `pods/log`: the options checked as upstream does, then a stream from wherever the pod's kubelet runs. */
import type { FieldError } from '../../apimachinery/field-path.ts'
import { forbidden, invalid } from '../../apimachinery/field-path.ts'
import { DecodeError } from '../../apimachinery/schema/decode-error.ts'
import { preciseTime } from '../../apimachinery/schema/times.ts'
import { parseInteger } from '../../apimachinery/query-values.ts'
import { badRequestError, invalidError } from '../../apimachinery/status-error.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import { parseObject } from '../../registry/object-text.ts'
import { checkNamespace } from '../handlers/names.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'
import { containerOf } from './pod-containers.ts'

export function answerLog({ host, definition, info, query }: RequestContext): Promise<Response> {
  const errors = optionErrors(query)
  if (errors.length > 0) throw invalidError({ group: '', kind: 'PodLogOptions' }, info.name, errors)
  checkNamespace(definition, info)
  const pod = parseObject(readStored(host, definition, info.name).text)
  const options = new URLSearchParams(query)
  options.set('container', containerOf(pod, query.get('container') ?? ''))
  if (((pod as V1Pod).spec?.nodeName ?? '') === '') {
    // Not scheduled: there is nobody to print anything yet.
    return Promise.resolve(new Response(null, { status: 204, headers: { 'cache-control': 'no-cache, private' } }))
  }
  return host.calls.podLog(pod, options)
}

/** ValidatePodLogOptions of upstream's pkg/apis/core/validation/validation.go. */
function optionErrors(query: URLSearchParams): FieldError[] {
  checkReadable(query)
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
  // The streams of a container are told apart behind a feature gate that is closed by default.
  if (query.has('stream')) errors.push(forbidden('stream', 'may not be specified'))
  return errors
}

/** Options are read, one after the other, before any of them is judged. @throws ApiStatusError 400 */
function checkReadable(query: URLSearchParams): void {
  parseInteger(query.get('sinceSeconds'))
  checkTime(query.get('sinceTime') ?? '')
  for (const name of ['tailLines', 'limitBytes']) parseInteger(query.get(name))
}

/** A time that cannot be read is the request's own error, in Go's words. */
function checkTime(text: string): void {
  if (text === '' || text === 'null') return
  try {
    preciseTime(text)
  } catch (error) {
    if (error instanceof DecodeError) throw badRequestError(error.message)
    throw error
  }
}

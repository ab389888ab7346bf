/**
 * What upstream's REST client makes of an answer that is an error (k8s.io/client-go rest/request.go, transformResponse;
 * k8s.io/apimachinery pkg/api/errors, NewGenericServerResponse): the words of a Status, or its own for the code. Pure.
 */
import { quote } from '../../apimachinery/field-path.ts'
import { isJsonObject, type JsonObject } from '../../apimachinery/patch/json-value.ts'
import { readJson } from '../../apimachinery/wire/json.ts'
import { readYaml } from '../../apimachinery/wire/yaml.ts'

/** Bytes of a refusal that are told. */
const MAX_TOLD = 2048

/** What is left untold of an answer, by its code. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [400, 'the server rejected our request for an unknown reason'],
  [401, 'the server has asked for the client to provide credentials'],
  [404, 'the server could not find the requested resource'],
  [405, 'the server does not allow this method on the requested resource'],
  [409, 'the server reported a conflict'],
  [422, 'the server rejected our request due to an error in our request'],
  [429, 'the server has received too many requests and has asked us to try again later'],
  [503, 'the server is currently unable to handle the request'],
  [504, 'the server was unable to return a response in the time allotted, but may still be processing the request'],
])

/** The words for an answer of `httpCode`, which is none of success. */
export function refusal(httpCode: number, text: string, contentType: string): string {
  const said = failureSaid(text)
  if (said !== undefined) return said
  const known = REFUSALS.get(httpCode)
  if (known !== undefined) return known
  const isText = contentType === '' || contentType.startsWith('text/')
  const told = isText ? beginningOf(text).trim() : 'unknown'
  if (httpCode === 403 || httpCode === 415) return told
  if (httpCode === 406) return told === '' || told === 'unknown' ? NOT_ACCEPTABLE : told
  if (httpCode >= 500) return `an error on the server (${quote(told)}) has prevented the request from succeeding`
  return `the server responded with the status code ${String(httpCode)} but did not return more information`
}

const NOT_ACCEPTABLE = 'the server was unable to respond with a content type that the client supports'

function beginningOf(text: string): string {
  if (text.length * 3 <= MAX_TOLD) return text
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, MAX_TOLD)).subarray(0, MAX_TOLD))
}

/** The message of a Status that says it is a failure, in JSON or YAML. What does not say its kind is taken for one. */
function failureSaid(text: string): string | undefined {
  if (text === '') return undefined
  let said: unknown
  try {
    said = /^\s*\{/.test(text) ? readJson(text) : readYaml(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(said) || !isStatus(said) || said['status'] !== 'Failure') return undefined
  return (said['message'] ?? '') as string
}

/** All that is there is what it has to be. */
function isStatus(said: JsonObject): boolean {
  const isText = (field: string): boolean => ['string', 'undefined'].includes(typeof (said[field] ?? undefined))
  const isStruct = (field: string): boolean => (said[field] ?? undefined) === undefined || isJsonObject(said[field])
  const { kind, apiVersion, code } = said
  return (
    ['kind', 'apiVersion', 'status', 'message', 'reason'].every(isText) &&
    ['metadata', 'details'].every(isStruct) &&
    (code === undefined || code === null || Number.isInteger(code)) &&
    [undefined, null, '', 'Status'].includes(kind as string) &&
    [undefined, null, '', 'v1'].includes(apiVersion as string)
  )
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+/
const PARAMETER = /^\s*;\s*([\w!#$%&'*+.^`|~-]+)=(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\\r\n]|\\.)*")/

/** Why it is no media type, as Go's `mime` has it; undefined: it is one. */
export function mediaTypeProblem(contentType: string): string | undefined {
  const [whole = ''] = contentType.split(';', 1)
  const base = whole.trim()
  const type = TOKEN.exec(base)?.[0] ?? ''
  if (type === '') return 'mime: no media type'
  const rest = base.slice(type.length)
  if (rest !== '' && !rest.startsWith('/')) return 'mime: expected slash after first token'
  const subtype = TOKEN.exec(rest.slice(1))?.[0] ?? ''
  if (rest !== '' && subtype === '') return 'mime: expected token after slash'
  if (rest.slice(1) !== subtype) return 'mime: unexpected content after media subtype'
  const names = new Set<string>()
  let parameters = contentType.slice(whole.length)
  while (parameters.trim() !== '') {
    const [found, name = ''] = PARAMETER.exec(parameters) ?? []
    if (found === undefined) return parameters.trim() === ';' ? undefined : 'mime: invalid media parameter'
    if (names.has(name.toLowerCase())) return 'mime: duplicate parameter name'
    names.add(name.toLowerCase())
    parameters = parameters.slice(found.length)
  }
  return undefined
}

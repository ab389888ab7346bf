/**
 * What a conversion webhook says in its answer, read as upstream reads it: a ConversionReview with objects, or an error
 * in the words of Go's readers (k8s.io/apimachinery pkg/runtime/serializer/json, k8s.io/apiextensions-apiserver
 * pkg/apiserver/conversion/webhook_converter.go, getConvertedObjectsFromResponse). Pure.
 */
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { goKind, isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { JsonError, readJson } from '../../apimachinery/wire/json.ts'
import { YamlError, readYaml } from '../../apimachinery/wire/yaml.ts'

export const GROUP = 'apiextensions.k8s.io'
export const KIND = 'ConversionReview'

const TYPE_STRUCT = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
/** What upstream calls the place where it knows reviews. */
const SCHEME = 'k8s.io/apiserver/pkg/util/webhook/client.go:71'

type Answer = Readonly<Record<string, unknown>>

/** What a ConversionReview was found to say. */
interface Review {
  readonly apiVersion: string
  readonly kind: string
  readonly response: { readonly uid: string; readonly result: Answer; readonly objects: readonly unknown[] } | undefined
}

interface Asked {
  readonly apiVersion: string
  readonly uid: string
}

/** `wanted`: the version it was asked in. @throws Error: it cannot be read as a review of that version */
export function readReview(text: string, wanted: string): Review {
  const answer = readAnswer(text)
  const [apiVersion, kind] = [textOf(answer['apiVersion']), textOf(answer['kind'])]
  checkType(apiVersion === '' ? wanted : apiVersion, kind === '' ? KIND : kind, wanted)
  const response = structOf(answer, 'response', 'ConversionReview.response', 'v1.ConversionResponse')
  if (response === undefined) return { apiVersion, kind, response }
  const objects = response['convertedObjects'] ?? []
  if (!Array.isArray(objects)) {
    throw new Error(mistyped(objects, 'ConversionResponse.response.convertedObjects', '[]runtime.RawExtension'))
  }
  const result = structOf(response, 'result', 'ConversionResponse.response.result', 'v1.Status') ?? {}
  return { apiVersion, kind, response: { uid: textOf(response['uid']), result, objects: objects as unknown[] } }
}

function readAnswer(text: string): Answer {
  const refuse = (why: string): Error => new Error(`couldn't get version/kind; json parse error: ${why}`)
  const isJson = /^\s*[[{]/.test(text)
  let answer: unknown
  try {
    answer = isJson ? readJson(text) : readYaml(text)
  } catch (error) {
    if (!(error instanceof JsonError || error instanceof YamlError)) throw error
    throw isJson ? refuse(error.message) : new Error(error.message)
  }
  if (answer === null) return {}
  if (isJsonObject(answer)) return answer
  throw refuse(`json: cannot unmarshal ${goKind(answer)} into Go value of type ${TYPE_STRUCT}`)
}

/** `v2` of `example.com/v2`. */
export function versionOf(apiVersion: string): string {
  return parseGroupVersion(apiVersion)?.version ?? ''
}

function checkType(apiVersion: string, kind: string, wanted: string): void {
  const isReview = kind === KIND && REVIEWS.includes(apiVersion)
  // What a server says that wants to refuse, whatever its code: the one other thing that every client of upstream knows.
  if (!isReview && (kind !== 'Status' || apiVersion !== 'v1')) {
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`)
  }
  if (apiVersion === wanted) return
  throw new Error(`converting (${versionOf(apiVersion)}.${kind}) to (${versionOf(wanted)}.${KIND}): unknown conversion`)
}

/**
 * Of a review in v1beta1 neither its uid is looked at nor whether it says what it is: old webhooks say neither.
 * @throws Error
 */
export function convertedObjects({ apiVersion, kind, response }: Review, asked: Asked): readonly unknown[] {
  const isStrict = asked.apiVersion === `${GROUP}/v1`
  if (isStrict && (apiVersion === '' || kind === '')) {
    const said = `${apiVersion === '' ? '/' : apiVersion}, Kind=${kind}`
    throw new Error(`expected webhook response of ${asked.apiVersion}, Kind=${KIND}, got ${said}`)
  }
  if (response === undefined) throw new Error('no response provided')
  const { uid, result, objects } = response
  if (isStrict && uid !== asked.uid) throw new Error(`expected response.uid="${asked.uid}", got "${uid}"`)
  const [status, message] = [textOf(result['status']), textOf(result['message'])]
  if (status === 'Success') return objects
  throw new Error(message === '' ? `response.result.status was '${status}', not 'Success'` : message)
}

const REVIEWS: readonly string[] = [`${GROUP}/v1`, `${GROUP}/v1beta1`]

/** @throws Error: something else is there */
function structOf(owner: Answer, field: string, path: string, goType: string): Answer | undefined {
  const value = owner[field] ?? undefined
  if (value === undefined || isJsonObject(value)) return value
  throw new Error(mistyped(value, path, goType))
}

function mistyped(value: unknown, path: string, goType: string): string {
  return `json: cannot unmarshal ${goKind(value)} into Go struct field ${path} of type ${goType}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Why what is in the place of an object is none; undefined: it is one. */
export function unreadableObject(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'unexpected end of JSON input'
  if (!isJsonObject(value)) {
    return `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`
  }
  return textOf(value['kind']) === '' ? `Object 'Kind' is missing in '${JSON.stringify(value)}'` : undefined
}

/**
 * What a conversion webhook says in its answer, read as upstream reads it: a ConversionReview with objects, or an error
 * in the words of Go's readers (k8s.io/apimachinery pkg/runtime/serializer/json, k8s.io/apiextensions-apiserver
 * pkg/apiserver/conversion/webhook_converter.go, getConvertedObjectsFromResponse). Pure.
 */
import { quote } from '../../apimachinery/field-path.ts'
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
  const response = structOf(answer, 'response', 'ConversionReview.response', `${versionOf(wanted)}.ConversionResponse`)
  if (response === undefined) return { apiVersion, kind, response }
  checkFields(response, RESPONSE)
  const { convertedObjects: objects, result } = response
  const read = { uid: textOf(response['uid']), result: (result ?? {}) as Answer, objects: (objects ?? []) as unknown[] }
  return { apiVersion, kind, response: read }
}

/** A struct of Go: what its fields have to be in JSON, and what they are called there. */
interface GoStruct {
  readonly path: string
  readonly fields: Readonly<Record<string, readonly [kind: string, goType: string, inside?: GoStruct]>>
}

const RESULT: GoStruct = {
  path: 'Status.response.result',
  fields: {
    metadata: ['object', 'v1.ListMeta'],
    status: ['string', 'string'],
    message: ['string', 'string'],
    reason: ['string', 'v1.StatusReason'],
    details: ['object', 'v1.StatusDetails'],
    code: ['number', 'int32'],
  },
}

const RESPONSE: GoStruct = {
  path: 'ConversionResponse.response',
  fields: {
    uid: ['string', 'types.UID'],
    convertedObjects: ['array', '[]runtime.RawExtension'],
    result: ['object', 'v1.Status', RESULT],
  },
}

/** The first that is wrong is told. @throws Error */
function checkFields(struct: Answer, { path, fields }: GoStruct): void {
  for (const [name, value] of Object.entries(struct)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined || value === null) continue
    const [kind, goType, inside] = field
    if (goKind(value) !== kind) throw new Error(mistyped(value, `${path}.${name}`, goType))
    if (inside !== undefined) checkFields(value as Answer, inside)
  }
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
  if (isJsonObject(answer)) {
    for (const field of ['apiVersion', 'kind']) {
      const value = answer[field] ?? ''
      if (typeof value !== 'string') throw refuse(mistyped(value, `.${field}`, 'string'))
    }
    return answer
  }
  throw refuse(`json: cannot unmarshal ${goKind(answer)} into Go value of type ${TYPE_STRUCT}`)
}

/** `v2` of `example.com/v2`. */
export function versionOf(apiVersion: string): string {
  return parseGroupVersion(apiVersion)?.version ?? ''
}

function checkType(apiVersion: string, kind: string, wanted: string): void {
  if (apiVersion.split('/').length > 2) throw new Error(`unexpected GroupVersion string: ${apiVersion}`)
  const isReview = REVIEWED.includes(kind) && REVIEWS.includes(apiVersion)
  // What a server says that wants to refuse, whatever its code: the one other thing that every client of upstream knows.
  if (!isReview && (kind !== 'Status' || apiVersion !== 'v1')) {
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`)
  }
  if (apiVersion === wanted && kind === KIND) return
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
  if (isStrict && uid !== asked.uid) throw new Error(`expected response.uid="${asked.uid}", got ${quote(uid)}`)
  const [status, message] = [textOf(result['status']), textOf(result['message'])]
  if (status === 'Success') return objects
  throw new Error(message === '' ? `response.result.status was '${status}', not 'Success'` : message)
}

/** What the group knows besides: none of it is a review. */
const REVIEWED: readonly string[] = [KIND, 'CustomResourceDefinition', 'CustomResourceDefinitionList']
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

/** What is no text is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Why what is in the place of an object is none; undefined: it is one. */
export function unreadableObject(value: unknown): string | undefined {
  if (value === null || value === undefined) return 'unexpected end of JSON input'
  if (!isJsonObject(value)) {
    return `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`
  }
  const [apiVersion, kind] = [textOf(value['apiVersion']), textOf(value['kind'])]
  // What has no version that can be read is of no kind, either.
  return kind === '' || apiVersion.split('/').length > 2 ? `Object 'Kind' is missing in '${JSON.stringify(value)}'` : undefined
}

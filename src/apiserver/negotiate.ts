/**
 * What form the caller wants the answer in (k8s.io/apiserver pkg/endpoints/handlers/negotiation): JSON, YAML or
 * protobuf, and the object itself, a Table of it, or its metadata only. Clauses of Accept are taken as upstream's
 * parser orders them (github.com/munnerz/goautoneg); the first that this endpoint can answer wins, none is a 406.
 */
import { ownValue } from '../lib/own-value.ts'
import type { KindDefinition } from '../apis/define-kind.ts'
import { protobufMessageOf } from '../apis/facts/protobuf-facts.ts'
import { ApiStatusError, notAcceptableError } from '../apimachinery/status-error.ts'
import { PROTOBUF_MEDIA_TYPE } from '../apimachinery/wire/protobuf/codec.ts'

export type MediaType = 'application/json' | 'application/yaml' | typeof PROTOBUF_MEDIA_TYPE

export interface Form {
  readonly mediaType: MediaType
  readonly shape: 'object' | 'table' | 'partial' | 'partialList'
  /** Version of meta.k8s.io asked for with `as`: Tables are served as v1 and v1beta1. */
  readonly metaVersion: string
  /** The caller asked for indented JSON (`pretty`, or a browser). */
  readonly isPretty: boolean
}

/** What an endpoint can answer beyond its objects in JSON and YAML. */
interface Endpoint {
  /** Its objects travel in protobuf: those of custom resources do not, only their metadata. */
  readonly hasProtobuf: boolean
  readonly hasTable: boolean
  /** What the router before it asks the Accept header for; undefined where upstream routes to it without one. */
  readonly produced?: readonly string[] | undefined
}

/** Subresources of which upstream prints Tables; of the others, and of what is never read, there are none. */
const TABLE_SUBRESOURCES = ['', 'scale', 'status']

/** Asked for only by who accepts more than JSON. */
export function endpointOf(definition: KindDefinition, subresource: string, verb: string): Endpoint {
  return {
    get produced() {
      if (definition.custom !== undefined) return undefined
      if (subresource === 'log') return ['text/plain', ...MEDIA_TYPES]
      return verb === 'list' || verb === 'watch' ? [...MEDIA_TYPES, ...STREAM_MEDIA_TYPES] : MEDIA_TYPES
    },
    get hasProtobuf() {
      return protobufMessageOf(definition) !== undefined
    },
    get hasTable() {
      return definition.verbs.includes('get') && TABLE_SUBRESOURCES.includes(subresource)
    },
  }
}

export const PLAIN: Form = { mediaType: 'application/json', shape: 'object', metaVersion: 'v1', isPretty: false }

const PRETTY: Form = { ...PLAIN, isPretty: true }

/** In the order in which a wildcard chooses. */
export const MEDIA_TYPES = ['application/json', 'application/yaml', PROTOBUF_MEDIA_TYPE] as const

/** YAML has no frames, so nothing can be watched in it. */
export const STREAM_MEDIA_TYPES = ['application/json;stream=watch', `${PROTOBUF_MEDIA_TYPE};stream=watch`]

const SHAPES: Readonly<Record<string, Form['shape']>> = {
  Table: 'table',
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partialList',
}

const META_VERSIONS = ['v1', 'v1beta1']

interface Clause {
  readonly type: string
  readonly subtype: string
  readonly parameters: ReadonlyMap<string, string>
  readonly quality: number
}

/** What an answer is negotiated by; `pretty` is the query's. */
interface Wishes {
  readonly headers: Headers
  readonly pretty: string | null
}

/** The form to answer in. @throws ApiStatusError 406 */
export function negotiate({ headers, pretty }: Wishes, endpoint: Endpoint): Form {
  const accept = headers.get('accept')
  const isPretty = isPrettyWanted(headers, pretty)
  if (accept === null || accept === '' || accept === '*/*' || accept === 'application/json') {
    return isPretty ? PRETTY : PLAIN
  }
  const form = firstForm(accept, (mediaType, parameters) => formOf(mediaType, parameters, endpoint))
  if (form === undefined) throw notAcceptableError(MEDIA_TYPES)
  return isPretty ? { ...form, isPretty } : form
}

/** What upstream's router looks at before anybody negotiates. @throws UnroutedError 406 */
export function checkRouted(headers: Headers, endpoint: Endpoint): void {
  const accept = headers.get('accept')
  if (accept === null || accept === '*/*' || accept === 'application/json') return
  const { produced } = endpoint
  if (produced !== undefined) checkProduced(accept, produced)
}

/** Upstream's router has no route for it, so that nobody has counted it either. */
export class UnroutedError extends ApiStatusError {}

/**
 * Whether one of `produced` is asked for by its name, or anything at all: what upstream's router wants to know before
 * anybody negotiates (github.com/emicklei/go-restful route.go). @throws UnroutedError 406
 */
export function checkProduced(accept: string | null, produced: readonly string[]): void {
  if (accept === null || accept === '') return
  const ranges = accept.split(',').map((clause) => clause.split(';', 1)[0]?.trim() ?? '')
  if (ranges.some((range) => range === '*/*' || produced.includes(range))) return
  throw new UnroutedError(
    'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${produced.join(', ')}`, {})
}

/** @throws ApiStatusError 406 for a form that cannot be streamed. */
export function checkStreamable({ mediaType }: Form): void {
  if (mediaType === 'application/yaml') throw notAcceptableError(STREAM_MEDIA_TYPES)
}

/** How an error is written. */
export type ErrorForm = Pick<Form, 'mediaType' | 'isPretty'>

interface NegotiatedForm extends ErrorForm {
  /** The caller accepts it; otherwise it is what everybody can read. */
  readonly isAccepted: boolean
}

/** Form of an error: that of the answer as far as a Status can have it, otherwise JSON for people to read. */
export function negotiateError({ headers, pretty }: Wishes): NegotiatedForm {
  const accept = headers.get('accept') ?? ''
  const isPretty = isPrettyWanted(headers, pretty)
  if (accept === '') return { ...PLAIN, isPretty, isAccepted: true }
  const form = firstForm(accept, (mediaType, parameters) =>
    isPlain(parameters, mediaType)
      ? { mediaType, isPretty: isPretty || parameters.get('pretty') === '1', isAccepted: true }
      : undefined,
  )
  return form ?? { ...PRETTY, isAccepted: false }
}

const TRUE_WORDS = ['1', 't', 'T', 'true', 'TRUE', 'True']
/** People at a terminal or a browser get indented JSON without asking, as upstream has it. */
const PEOPLES_AGENTS = /^(?:curl|Wget|Mozilla\/5\.0)/

/** `pretty` is the query's. */
export function isPrettyWanted(headers: Headers, pretty: string | null): boolean {
  if (pretty !== null && pretty !== '') return TRUE_WORDS.includes(pretty)
  return PEOPLES_AGENTS.test(headers.get('user-agent') ?? '')
}

export type Parameters = Clause['parameters']

/** The media type of a document that is no object of a kind: the first whose parameters are allowed. */
export function chooseMediaType(
  accept: string | null,
  allows: (parameters: Parameters, mediaType: MediaType) => boolean,
): MediaType | undefined {
  if (accept === null || accept === '') return allows(NO_PARAMETERS, PLAIN.mediaType) ? PLAIN.mediaType : undefined
  return firstForm(accept, (mediaType, parameters) => (allows(parameters, mediaType) ? mediaType : undefined))
}

/** Whether a plain document may be asked for like this: in no other shape. */
export function isPlain(parameters: Parameters, mediaType: MediaType): boolean {
  const isConverted = ['as', 'g', 'v', 'sv'].some((name) => parameters.has(name))
  return !isConverted && allowsParameters(mediaType, parameters)
}

const NO_PARAMETERS: Parameters = new Map()

/** What `formOfType` makes of the first clause and media type of which it makes anything. */
function firstForm<T>(
  accept: string,
  formOfType: (mediaType: MediaType, parameters: Parameters) => T | undefined,
): T | undefined {
  for (const { type, subtype, parameters } of parseAccept(accept)) {
    for (const mediaType of MEDIA_TYPES) {
      const isMeant =
        (type === '*' && subtype === '*') ||
        (type === 'application' && (subtype === '*' || `application/${subtype}` === mediaType))
      const form = isMeant ? formOfType(mediaType, parameters) : undefined
      if (form !== undefined) return form
    }
  }
  return undefined
}

function formOf(mediaType: MediaType, parameters: Parameters, endpoint: Endpoint): Form | undefined {
  if (!allowsParameters(mediaType, parameters)) return undefined
  const isPretty = parameters.get('pretty') === '1'
  const [as, group, version] = [parameters.get('as'), parameters.get('g'), parameters.get('v')]
  if (as === undefined && group === undefined && version === undefined) {
    if (mediaType === PROTOBUF_MEDIA_TYPE && !endpoint.hasProtobuf) return undefined
    return { ...PLAIN, mediaType, isPretty }
  }
  const shape = ownValue(SHAPES, as ?? '')
  if (shape === undefined || group !== 'meta.k8s.io' || !META_VERSIONS.includes(version ?? '')) return undefined
  if (shape === 'table' && (!endpoint.hasTable || mediaType === PROTOBUF_MEDIA_TYPE)) return undefined
  return { mediaType, shape, metaVersion: version ?? '', isPretty }
}

/** Only watches are streams, and there is but one version of the server's own group. */
function allowsParameters(mediaType: MediaType, parameters: Parameters): boolean {
  const stream = parameters.get('stream')
  if (stream !== undefined && (stream !== 'watch' || mediaType === 'application/yaml')) return false
  return (parameters.get('sv') ?? 'v1') === 'v1'
}

/** Clauses in upstream's order, which is one only as long as wildcards and weights do not contradict each other. */
export function parseAccept(accept: string): Clause[] {
  const clauses = accept.split(',').map(parseClause)
  const ordered: Clause[] = []
  for (const clause of clauses) {
    if (clause === undefined) continue
    let at = ordered.length
    for (; at > 0; at--) {
      const before = ordered[at - 1]
      if (before === undefined || !comesBefore(clause, before)) break
    }
    ordered.splice(at, 0, clause)
  }
  return ordered
}

function comesBefore(one: Clause, other: Clause): boolean {
  if (one.quality > other.quality) return true
  if (one.type !== '*' && other.type === '*') return true
  return one.subtype !== '*' && other.subtype === '*'
}

/** Undefined for what is no media range. A weight that is no number is none. */
function parseClause(text: string): Clause | undefined {
  const [range = '', ...pairs] = text.trim().split(';')
  const [type = '', subtype = type === '*' ? '*' : '', ...rest] = range.split('/').map((part) => part.trim())
  if (subtype === '' || rest.length > 0) return undefined
  const parameters = new Map<string, string>()
  let quality = 1
  for (const pair of pairs) {
    const [name = '', value = '', ...more] = pair.split('=').map((part) => part.trim())
    if (value === '' || more.length > 0) continue
    if (name === 'q') quality = Number.isNaN(Number(value)) ? 0 : Number(value)
    else parameters.set(name, value)
  }
  return { type, subtype, parameters, quality }
}

/** The media type of a Content-Type header, without parameters. */
export function bareMediaType(contentType: string | null): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

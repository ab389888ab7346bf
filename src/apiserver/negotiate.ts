/**
 * What form the caller wants the answer in (k8s.io/apiserver pkg/endpoints/handlers/negotiation): JSON or YAML, and the
 * object itself, a Table of it, or its metadata only. The first acceptable clause by quality wins; none is a 406.
 */
import { notAcceptableError } from '../apimachinery/status-error.ts'

export type MediaType = 'application/json' | 'application/yaml'

export interface Form {
  readonly mediaType: MediaType
  readonly shape: 'object' | 'table' | 'partial' | 'partialList'
  /** Version of meta.k8s.io asked for with `as`: Tables are served as v1 and v1beta1. */
  readonly metaVersion: string
  /** The caller asked for indented JSON (`pretty`, or a browser). */
  readonly isPretty: boolean
}

export const PLAIN: Form = { mediaType: 'application/json', shape: 'object', metaVersion: 'v1', isPretty: false }

const PRETTY: Form = { ...PLAIN, isPretty: true }

const ACCEPTED = ['application/json', 'application/yaml']

const SHAPES: Readonly<Record<string, Form['shape']>> = {
  Table: 'table',
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partialList',
}

interface Clause {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
  readonly quality: number
}

/** What an answer is negotiated by; `pretty` is the query's. */
interface Wishes {
  readonly headers: Headers
  readonly pretty: string | null
}

/** The form to answer in. @throws ApiStatusError 406 */
export function negotiate({ headers, pretty }: Wishes): Form {
  const accept = headers.get('accept')
  const isPretty = isPrettyWanted(headers, pretty)
  if (accept === null || accept === '' || accept === '*/*' || accept === 'application/json') {
    return isPretty ? PRETTY : PLAIN
  }
  for (const clause of parseAccept(accept)) {
    const form = formOf(clause)
    if (form !== undefined) return isPretty || clause.parameters['pretty'] === '1' ? { ...form, isPretty: true } : form
  }
  throw notAcceptableError(ACCEPTED)
}

/** How an error is written. */
export type ErrorForm = Pick<Form, 'mediaType' | 'isPretty'>

/** Form of an error: like the answer's where that can be told, JSON otherwise. */
export function negotiateError({ headers, pretty }: Wishes): ErrorForm {
  const first = parseAccept(headers.get('accept') ?? '').find(({ type }) => /yaml|json/.test(type))
  const mediaType = first?.type === 'application/yaml' ? 'application/yaml' : 'application/json'
  return { mediaType, isPretty: isPrettyWanted(headers, pretty) }
}

const TRUE_WORDS = ['1', 't', 'T', 'true', 'TRUE', 'True']
/** People at a terminal or a browser get indented JSON without asking, as upstream has it. */
const PEOPLES_AGENTS = /^(?:curl|Wget|Mozilla\/5\.0)/

function isPrettyWanted(headers: Headers, pretty: string | null): boolean {
  if (pretty !== null && pretty !== '') return TRUE_WORDS.includes(pretty)
  return PEOPLES_AGENTS.test(headers.get('user-agent') ?? '')
}

function formOf({ type, parameters }: Clause): Form | undefined {
  const mediaType = mediaTypeOf(type)
  if (mediaType === undefined) return undefined
  const { as, g: group, v: version = 'v1' } = parameters
  if (as === undefined) return { ...PLAIN, mediaType }
  const shape = SHAPES[as]
  if (shape === undefined || group !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) return undefined
  return { ...PLAIN, mediaType, shape, metaVersion: version }
}

function mediaTypeOf(type: string): MediaType | undefined {
  if (type === '*/*' || type === 'application/*' || type === 'application/json') return 'application/json'
  return type === 'application/yaml' ? 'application/yaml' : undefined
}

/** Clauses by quality, then in the order written. */
export function parseAccept(accept: string): Clause[] {
  const clauses = accept.split(',').map((text): Clause => {
    const [type = '', ...pairs] = text.split(';').map((part) => part.trim())
    const parameters: Record<string, string> = {}
    for (const pair of pairs) {
      const [name = '', value = ''] = pair.split('=')
      parameters[name.toLowerCase()] = value.replaceAll('"', '')
    }
    const quality = Number(parameters['q'] ?? '1')
    return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality }
  })
  return clauses.filter(({ quality }) => quality > 0).sort((one, other) => other.quality - one.quality)
}

/** The media type of a Content-Type header, without parameters. */
export function bareMediaType(contentType: string | null): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

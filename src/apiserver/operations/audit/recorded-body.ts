/**
 * Bodies as audit events have them: JSON whatever they came as, without managed fields where those are not wanted. A
 * body that cannot be read is left out, as the request was answered whatever it was.
 */
import { parseJson } from '../../../lib/exact-json.ts'
import { typeOfKind } from '../../../apis/kind-type.ts'
import { schema } from '../../../apis/schema.ts'
import { parseGroupVersion } from '../../../apimachinery/meta.ts'
import { decodeObject } from '../../../apimachinery/schema/decode.ts'
import { inFieldOrder } from '../../../apimachinery/schema/field-order.ts'
import { messageOf } from '../../answer.ts'
import { bareMediaType } from '../../negotiate.ts'
import { protobufCodec } from '../../../apis/facts/protobuf-facts.ts'
import type { TypeMeta } from '../../../apimachinery/wire/protobuf/codec.ts'
import { PROTOBUF_MEDIA_TYPE, readEnvelope } from '../../../apimachinery/wire/protobuf/codec.ts'
import { isJsonObject, type JsonObject } from '../../../apimachinery/patch/json-value.ts'
import { readYaml } from '../../../apimachinery/wire/yaml.ts'
import type { AuditConfig } from './policy.ts'

/** A patch as it was sent, or the options of a deletion: upstream prints those under the name of their inner version. */
export async function recordedRequest(body: Request, isDeletion: boolean, config: AuditConfig): Promise<unknown> {
  const value = await recordedBody(body, config)
  return isDeletion && isJsonObject(value) ? { ...value, kind: 'DeleteOptions', apiVersion: INTERNAL } : value
}

const INTERNAL = 'meta.k8s.io/__internal'

/** Changes `value`. */
export function withoutUnwanted(value: unknown, { omitManagedFields }: AuditConfig): unknown {
  if (omitManagedFields) dropManagedFields(value)
  return value
}

export async function recordedBody(body: Request | Response, config: AuditConfig): Promise<unknown> {
  try {
    return withoutUnwanted(await jsonOf(body), config)
  } catch (error) {
    console.warn('a body could not be recorded for the audit', error)
    return undefined
  }
}

async function jsonOf(body: Request | Response): Promise<unknown> {
  const mediaType = bareMediaType(body.headers.get('content-type'))
  if (mediaType === PROTOBUF_MEDIA_TYPE) {
    const { apiVersion, kind, raw } = readEnvelope(new Uint8Array(await body.arrayBuffer()))
    const object = protobufCodec.decode(messageOf({ apiVersion, kind, metadata: {} }), raw)
    return completed({ kind: kind.toWellFormed(), apiVersion: apiVersion.toWellFormed(), ...object })
  }
  const text = await textOf(body)
  if (text === '') return undefined
  if (mediaType.endsWith('yaml')) return readYaml(text)
  return mediaType === '' || mediaType.endsWith('json') ? parseJson(text) : undefined
}

/** What JSON always shows is not there in protobuf where it says nothing. */
function completed(object: JsonObject & TypeMeta): unknown {
  const { kind, apiVersion } = object
  const groupVersion = parseGroupVersion(apiVersion)
  if (groupVersion === undefined) return object
  const whole = (type: string, value: unknown): unknown =>
    inFieldOrder(schema.structOf(type), decodeObject(schema, type, value).object)
  const own = typeOfKind({ ...groupVersion, kind })
  if (own !== undefined) return whole(own, object)
  const item = typeOfKind({ ...groupVersion, kind: kind.replace(/List$/, '') })
  const { items = [] } = object as { readonly items?: readonly unknown[] }
  return item === undefined ? object : { ...object, items: items.map((one) => whole(item, one)) }
}

/** Long answers were compressed before they came here. */
function textOf(body: Request | Response): Promise<string> {
  if (body.headers.get('content-encoding') !== 'gzip' || body.body === null) return body.text()
  return new Response(body.body.pipeThrough(new DecompressionStream('gzip'))).text()
}

interface MayHaveMetadata {
  readonly metadata?: { managedFields?: unknown }
  readonly items?: readonly MayHaveMetadata[]
  readonly rows?: readonly { readonly object?: MayHaveMetadata }[]
}

/** Of the object, of a list's items and of a Table's rows. */
function dropManagedFields(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const { metadata, items = [], rows = [] } = value as MayHaveMetadata
  delete metadata?.managedFields
  for (const item of items) delete item.metadata?.managedFields
  for (const { object } of rows) delete object?.metadata?.managedFields
}

/**
 * Annotations that stand for fields of older versions: upstream's conversion reads them as numbers, prints them as such,
 * and takes no object in which they are none (kubernetes/kubernetes pkg/apis/apps/v1/conversion.go).
 */
import { quote } from '../../apimachinery/field-path.ts'
import type { AnyObject, ObjectMeta } from '../../apimachinery/meta.ts'
import { UnconvertibleError } from '../../apimachinery/schema/decode-error.ts'
import type { KindRef } from '../define-kind.ts'
import { TEMPLATE_GENERATION } from './daemon-set/template-generation.ts'

export const ROLLBACK_TO = 'deprecated.deployment.rollback.to'
const MOST = 2n ** 63n

/** Go's strconv.ParseInt, for 64 bits. @throws UnconvertibleError, of what `wrap` makes of Go's words. */
function readInt64(text: string, wrap: (why: string) => string): string {
  const failed = (why: string): Error =>
    new UnconvertibleError(wrap(`strconv.ParseInt: parsing ${quote(text)}: ${why}`))
  if (!/^[+-]?\d+$/.test(text)) throw failed('invalid syntax')
  const number = BigInt(text.replace('+', ''))
  if (number >= MOST || number < -MOST) throw failed('value out of range')
  return String(number)
}

/** `type` is that of a freshly decoded object. Mutates. @throws UnconvertibleError */
export function readNumberedAnnotations(type: string, { metadata }: AnyObject): void {
  const annotations = type === 'V1Deployment' || type === 'V1DaemonSet' ? metadata.annotations : undefined
  if (annotations === undefined) return
  const { [TEMPLATE_GENERATION]: generation, [ROLLBACK_TO]: revision } = annotations
  if (type === 'V1DaemonSet' && generation !== undefined) {
    annotations[TEMPLATE_GENERATION] = readInt64(generation, (why) => why)
  }
  if (type === 'V1DaemonSet' || revision === undefined) return
  const wrap = (why: string): string => `failed to parse annotation[${ROLLBACK_TO}]=${revision} as int64: ${why}`
  if (revision !== '') annotations[ROLLBACK_TO] = readInt64(revision, wrap)
  else if (Object.keys(annotations).length > 1) delete annotations[ROLLBACK_TO]
  else delete metadata.annotations
}

const FIELD_ANNOTATIONS: Readonly<Record<string, string>> = { DaemonSet: TEMPLATE_GENERATION, Deployment: ROLLBACK_TO }

/** The one that stands for a field of such a kind of apps/v1. */
export function fieldAnnotationOf({ group, kind }: Pick<KindRef, 'group' | 'kind'>): string | undefined {
  return group === 'apps' ? FIELD_ANNOTATIONS[kind] : undefined
}

/** Metadata as they are judged: what is a field there is no annotation, and does not count as one. */
export function withoutFieldsAmong(kind: Pick<KindRef, 'group' | 'kind'>, metadata: ObjectMeta): ObjectMeta {
  const annotation = fieldAnnotationOf(kind)
  if (annotation === undefined || metadata.annotations?.[annotation] === undefined) return metadata
  return withoutFieldAnnotation(metadata, annotation)
}

/** Metadata alone has no field that an annotation could stand for. */
export function withoutFieldAnnotation(metadata: ObjectMeta, annotation: string): ObjectMeta {
  const { [annotation]: _, ...others } = metadata.annotations ?? {}
  const { annotations: _all, ...rest } = metadata
  return Object.keys(others).length === 0 ? rest : { ...rest, annotations: others }
}

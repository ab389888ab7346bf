/**
 * Annotations that stand for fields of older versions: upstream's conversion reads them as numbers, prints them as such,
 * and takes no object in which they are none (kubernetes/kubernetes pkg/apis/apps/v1/conversion.go).
 */
import { quote } from '../../apimachinery/field-path.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { refusal } from '../../apimachinery/schema/decode-error.ts'
import { TEMPLATE_GENERATION } from './daemon-set/template-generation.ts'

export const ROLLBACK_TO = 'deprecated.deployment.rollback.to'
const MOST = 2n ** 63n

/** Go's strconv.ParseInt, for 64 bits. @throws DecodeError, of what `wrap` makes of Go's words. */
function readInt64(text: string, wrap: (why: string) => string): string {
  const failed = (why: string): Error => refusal(wrap(`strconv.ParseInt: parsing ${quote(text)}: ${why}`))
  if (!/^[+-]?\d+$/.test(text)) throw failed('invalid syntax')
  const number = BigInt(text.replace('+', ''))
  if (number >= MOST || number < -MOST) throw failed('value out of range')
  return String(number)
}

/** `type` is that of a freshly decoded object. Mutates. @throws DecodeError */
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

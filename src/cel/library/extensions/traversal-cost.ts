/** What it costs to go over all of a value, nested ones included (apiserver pkg/cel/library/cost.go). */
import { addRanges, fixed, multiplyRanges, scaleRange, STRING_FACTOR, type CallCost } from '../../types/call-cost.ts'
import { ListValue } from '../../values/list.ts'
import { MapValue } from '../../values/map.ts'
import { BytesValue, type Value } from '../../values/value.ts'

/** In bytes of UTF-8. */
function textSize(text: string): number {
  let size = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit >= 0x80) size += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return size
}

export function traversalCost(value: Value): number {
  if (typeof value === 'string') return Math.floor(textSize(value) * STRING_FACTOR)
  if (value instanceof BytesValue) return Math.floor(value.length * STRING_FACTOR)
  if (value instanceof ListValue) return value.toArray().reduce<number>((sum, one) => sum + traversalCost(one), 0)
  if (!(value instanceof MapValue)) return 1
  let sum = 0
  for (const [key, content] of value.entries()) sum += traversalCost(key) + traversalCost(content)
  return sum
}

/** Of a text, or of a list and its elements. */
export const TRAVERSAL_OF_FIRST: CallCost = {
  estimate: (args) => {
    const element = args.elementSize(0)
    if (element === undefined) return { cost: scaleRange(args.size(0), STRING_FACTOR) }
    const each = element.isText ? addRanges(fixed(1), scaleRange(element.size, STRING_FACTOR)) : fixed(1)
    return { cost: multiplyRanges(args.size(0), each) }
  },
  actual: ([first = null]) => traversalCost(first),
}

/**
 * Texts such as `1,3-5,7`: indexes of an Indexed Job's pods, in increasing order.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, validateIndexesFormat, parseIndexInterval,
 * validateFailedIndexesNotOverlapCompleted.
 */
import { quote } from '../../../apimachinery/field-path.ts'

interface Range {
  readonly first: number
  readonly last: number
}

/** What is wrong with the text, in upstream's words. */
export class IndexRangeError extends Error {}

function indexOf(text: string, completions: number): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new IndexRangeError(`cannot convert string to integer for index: ${quote(text)}`)
  }
  const index = Number(text)
  if (index >= completions) throw new IndexRangeError(`too large index: ${quote(text)}`)
  return index
}

function rangeOf(text: string, completions: number): Range {
  const limits = text.split('-')
  if (limits.length > 2) {
    const rule = "the requirement that an index interval can have at most two parts separated by '-'"
    throw new IndexRangeError(`the fragment ${quote(text)} violates ${rule}`)
  }
  const [from = '', to] = limits
  const first = indexOf(from, completions)
  const last = to === undefined ? first : indexOf(to, completions)
  if (to !== undefined && first >= last) throw notIncreasing(first, last)
  return { first, last }
}

function notIncreasing(previous: number, current: number): IndexRangeError {
  return new IndexRangeError(`non-increasing order, previous: ${String(previous)}, current: ${String(current)}`)
}

/** How many indexes the text names. */
export function countIndexes(text: string, completions: number): number {
  if (text === '') return 0
  let total = 0
  let previous: number | undefined
  for (const part of text.split(',')) {
    const { first, last } = rangeOf(part, completions)
    if (previous !== undefined && previous >= first) throw notIncreasing(previous, first)
    total += last - first + 1
    previous = last
  }
  return total
}

/** The ranges of a text that can be read; others are reported where the text is judged by itself. */
function readableRanges(text: string, completions: number): Range[] {
  return text.split(',').flatMap((part) => {
    try {
      return [rangeOf(part, completions)]
    } catch (error) {
      if (error instanceof IndexRangeError) return []
      throw error
    }
  })
}

/** The first index that both texts name, which are gone through side by side. */
export function firstShared(one: string, other: string, completions: number): number | undefined {
  if (one === '' || other === '') return undefined
  const [ours, theirs] = [readableRanges(one, completions), readableRanges(other, completions)]
  let [at, next] = [0, 0]
  for (;;) {
    const [left, right] = [ours[at], theirs[next]]
    if (left === undefined || right === undefined) return undefined
    if (left.first <= right.last && right.first <= left.last) return Math.max(left.first, right.first)
    if (left.first <= right.first) at++
    else next++
  }
}

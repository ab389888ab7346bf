/**
 * Lists and maps of devices and what is asked of them: each has a largest size, above which nothing in it is looked at.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateSlice, validateSet, validateMap.
 */
import { duplicate, indexPath, keyPath, tooMany, type FieldError } from '../../apimachinery/field-path.ts'
import { byteLength } from '../../apimachinery/names.ts'

type Check<T> = (item: T, at: string) => FieldError[]

/** Keys longer than this are cut in the middle, in paths only; a smaller limit is raised to it. */
const MIN_SHOWN_KEY = 16
const ELLIPSIS = '...'

export function validateList<T>(items: readonly T[], maximum: number, check: Check<T>, at: string): FieldError[] {
  if (items.length > maximum) return [tooMany(at, items.length, maximum)]
  return items.flatMap((item, index) => check(item, indexPath(at, index)))
}

/** No two items have one key; keys are compared and printed as JSON. */
export function validateSet<T>(
  items: readonly T[],
  maximum: number,
  check: Check<T>,
  keyOf: (item: T) => unknown,
  at: string,
): FieldError[] {
  if (items.length > maximum) return [tooMany(at, items.length, maximum)]
  const seen = new Set<string>()
  const repeated = items.flatMap((item, index) => {
    const key = keyOf(item)
    const text = JSON.stringify(key)
    if (seen.has(text)) return [duplicate(indexPath(at, index), key)]
    seen.add(text)
    return []
  })
  return [...validateList(items, maximum, check, at), ...repeated]
}

function shownKey(key: string, maximum: number): string {
  const length = Math.max(maximum, MIN_SHOWN_KEY)
  if (byteLength(key) <= length) return key
  const kept = length - ELLIPSIS.length
  return `${key.slice(0, Math.ceil(kept / 2))}${ELLIPSIS}${key.slice(key.length - Math.floor(kept / 2))}`
}

interface MapRules<T> {
  readonly maximum?: number
  readonly maxKeyLength: number
  readonly checkKey: (key: string, at: string) => FieldError[]
  readonly check?: Check<T>
}

export function validateMap<T>(map: Readonly<Record<string, T>>, rules: MapRules<T>, at: string): FieldError[] {
  const { maximum = Infinity, maxKeyLength, checkKey, check } = rules
  const entries = Object.entries(map)
  if (entries.length > maximum) return [tooMany(at, entries.length, maximum)]
  return entries.flatMap(([key, item]) => [
    ...checkKey(key, at),
    ...(check?.(item, keyPath(at, shownKey(key, maxKeyLength))) ?? []),
  ])
}

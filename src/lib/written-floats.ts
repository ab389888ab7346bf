/**
 * Whole numbers that a request wrote with a fraction or an exponent: `5.0`. They are as good as `5` to all who read
 * them and are stored as that, but for the rules of custom resources: Go has made floats of them, and a rule about an
 * integer meets no integer. Noted beside the objects and lists that hold them, as long as the request lasts; whoever
 * copies one of those by hand loses the note.
 */
import { WrittenNumber, plainNumbers } from './exact-json.ts'

/** Of an object or a list: its fields or places that are so. Whatever has one further inside has a note as well. */
const notes = new WeakMap<object, ReadonlySet<string>>()

const NONE: ReadonlySet<string> = new Set()

/** Whether what `holder` has there was written as a float. */
export function isWrittenFloat(holder: object, key: string | number): boolean {
  return notes.get(holder)?.has(String(key)) === true
}

/** Whether any number within `holder` was written as a float. */
export function holdsWrittenFloat(holder: unknown): boolean {
  return typeof holder === 'object' && holder !== null && notes.has(holder)
}

/** Makes numbers of those that are as they were written, in place, and notes which. @throws RangeError */
export function noteWrittenFloats(holder: object): boolean {
  const floats = new Set<string>()
  let isWithin = false
  for (const [key, value] of Object.entries(holder) as [string, unknown][]) {
    if (value instanceof WrittenNumber) {
      const field = { value: plainNumbers(value), writable: true, enumerable: true, configurable: true }
      Reflect.defineProperty(holder, key, field)
      floats.add(key)
    } else if (typeof value === 'object' && value !== null && noteWrittenFloats(value)) isWithin = true
  }
  if (floats.size > 0) notes.set(holder, floats)
  else if (isWithin) notes.set(holder, NONE)
  return floats.size > 0 || isWithin
}

/** `copy` is one of `from`, at every depth. */
export function keepWrittenFloats(copy: unknown, from: unknown): void {
  if (typeof from !== 'object' || from === null || typeof copy !== 'object' || copy === null) return
  const note = notes.get(from)
  if (note === undefined) return
  notes.set(copy, note)
  for (const [key, value] of Object.entries(from)) keepWrittenFloats((copy as Record<string, unknown>)[key], value)
}

/** What `holder` has in these fields now is not what was written there. */
export function forgetWrittenFloats(holder: object, isReplaced: (field: string) => boolean): void {
  const note = notes.get(holder)
  if (note !== undefined) notes.set(holder, new Set([...note].filter((field) => !isReplaced(field))))
}

/**
 * JSONPath as printer columns, selectable fields and kubectl write it (k8s.io/client-go util/jsonpath, without braces):
 * `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`, `.metadata.labels['a.b/c']`. Compiled once into
 * steps; finding never throws. Pure.
 */
import { isNumeric, parseInt64 } from '../../lib/exact-json.ts'

/** All values at a path, in the order of the document; none when something on the way is missing. */
export type JsonPath = (root: unknown) => unknown[]

type Step = (value: unknown, found: Found) => void

/** What cannot be read as a path. */
class JsonPathError extends Error {}

/**
 * Values that one path may look at. Differs: upstream looks at all, of which `['','']` behind `['','']` has twice as
 * many with each.
 */
export const MAX_VALUES = 100_000

class TooManyValues extends Error {}

/** What one step has found, and what all steps of the path may still look at. */
class Found {
  readonly values: unknown[] = []
  readonly #budget: { left: number }

  constructor(budget: { left: number }) {
    this.#budget = budget
  }

  push(value: unknown): void {
    this.look()
    this.values.push(value)
  }

  look(): void {
    if (--this.#budget.left < 0) throw new TooManyValues()
  }

  /** What `steps` find, beginning at `root`. */
  walk(steps: readonly Step[], root: unknown): unknown[] {
    let values: unknown[] = [root]
    for (const step of steps) {
      const found = new Found(this.#budget)
      for (const value of values) step(value, found)
      if (found.values.length === 0) return []
      values = found.values
    }
    return values
  }
}

/** A path that comes to too many values finds none. @throws JsonPathError */
export function compileJsonPath(text: string): JsonPath {
  const reader = new PathReader(text)
  const steps = reader.steps()
  return (root) => {
    try {
      return new Found({ left: MAX_VALUES }).walk(steps, root)
    } catch (error) {
      if (error instanceof TooManyValues) return []
      throw error
    }
  }
}

/** The same, undefined for what is no path. */
export function readableJsonPath(text: string): JsonPath | undefined {
  try {
    return compileJsonPath(text)
  } catch (error) {
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

/** The longest text, and the deepest nesting of filters: both come from whoever writes a definition. */
const MAX_LENGTH = 4_096
const MAX_FILTER_DEPTH = 8

const FIELD_END = /[\s.[\](){}|,'"=!<>]/

class PathReader {
  readonly #text: string
  readonly #depth: number
  #at = 0

  constructor(text: string, depth = 0) {
    if (text.length > MAX_LENGTH) throw new JsonPathError(`path is longer than ${String(MAX_LENGTH)} characters`)
    if (depth > MAX_FILTER_DEPTH) throw new JsonPathError('filters are nested too deeply')
    this.#text = text
    this.#depth = depth
  }

  steps(): Step[] {
    const steps: Step[] = []
    const first = this.#text[this.#at]
    if (first === '$' || first === '@') this.#at++
    while (this.#at < this.#text.length) steps.push(this.#step())
    return steps
  }

  #step(): Step {
    const next = this.#text[this.#at]
    if (next === '[') return this.#bracket()
    if (next !== '.') throw new JsonPathError(`unrecognized character in action: ${JSON.stringify(next)}`)
    this.#at++
    const isRecursive = this.#text[this.#at] === '.'
    if (isRecursive) this.#at++
    if (this.#text[this.#at] === '[' && !isRecursive) return this.#bracket()
    const name = this.#field()
    const own = name === '*' ? everything : fieldOf(name)
    return isRecursive ? recursively(own) : own
  }

  #field(): string {
    let name = ''
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at] ?? ''
      if (character === '\\') name += this.#text[++this.#at] ?? ''
      else if (FIELD_END.test(character)) break
      else name += character
      this.#at++
    }
    return name
  }

  #bracket(): Step {
    const end = closingBracket(this.#text, this.#at)
    const inner = this.#text.slice(this.#at + 1, end).trim()
    this.#at = end + 1
    if (inner.startsWith('?(') && inner.endsWith(')')) return filterOf(inner.slice(2, -1).trim(), this.#depth)
    const parts = splitOutsideQuotes(inner, ',').map((part) => part.trim())
    const steps = parts.map(selection)
    const [only] = steps
    if (steps.length === 1 && only !== undefined) return only
    return (value, found) => {
      for (const step of steps) step(value, found)
    }
  }
}

/** The `]` that belongs to the `[` at `start`; quotes and inner brackets are passed over. */
function closingBracket(text: string, start: number): number {
  let depth = 0
  let quote = ''
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '[') depth++
    else if (character === ']' && --depth === 0) return at
  }
  throw new JsonPathError('unterminated array')
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = []
  let quote = ''
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === separator) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, text.slice(start)]
}

const SLICE = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/

/** One part of a bracket: `'name'`, `*`, `3`, `-1`, `1:4:2`. */
function selection(part: string): Step {
  if (part === '*') return everything
  const quoted = unquoted(part)
  if (quoted !== undefined) return fieldOf(quoted)
  const match = SLICE.exec(part)
  if (match === null || part === '') throw new JsonPathError(`invalid array index ${part}`)
  const [, from = '', to, step] = match
  if (to === undefined) return indexOf(Number(from))
  return sliceOf(from, to, step === undefined || step === '' ? 1 : Number(step))
}

function unquoted(text: string): string | undefined {
  const [quote] = text
  if ((quote !== "'" && quote !== '"') || text.length < 2 || !text.endsWith(quote)) return undefined
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1')
}

function fieldOf(name: string): Step {
  if (name === '') return (value, found) => { found.push(value) }
  return (value, found) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    if (Object.hasOwn(value, name)) found.push((value as Record<string, unknown>)[name])
  }
}

const everything: Step = (value, found) => {
  if (typeof value === 'object' && value !== null) for (const entry of Object.values(value)) found.push(entry)
}

function indexOf(index: number): Step {
  return (value, found) => {
    if (!Array.isArray(value)) return
    const at = index < 0 ? value.length + index : index
    if (at >= 0 && at < value.length) found.push(value[at])
  }
}

function sliceOf(from: string, to: string, step: number): Step {
  if (step <= 0) throw new JsonPathError('step must be > 0')
  return (value, found) => {
    if (!Array.isArray(value)) return
    const bound = (text: string, otherwise: number): number => {
      if (text === '') return otherwise
      const said = Number(text)
      return Math.min(value.length, Math.max(0, said < 0 ? value.length + said : said))
    }
    for (let at = bound(from, 0), end = bound(to, value.length); at < end; at += step) found.push(value[at])
  }
}

function recursively(step: Step): Step {
  const descend: Step = (value, found) => {
    found.look()
    step(value, found)
    if (typeof value !== 'object' || value === null) return
    for (const entry of Object.values(value)) descend(entry, found)
  }
  return descend
}

const COMPARISON = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/

/** `@.type=="Ready"`, or a path alone: it has to be there. */
function filterOf(text: string, depth: number): Step {
  const match = COMPARISON.exec(text)
  const [, left = text, operator = '', right = ''] = match ?? []
  const ofLeft = operandOf(left.trim(), depth)
  const ofRight = operator === '' ? undefined : operandOf(right.trim(), depth)
  return (value, found) => {
    if (typeof value !== 'object' || value === null) return
    for (const entry of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
      found.look()
      const ours = ofLeft(entry, found)
      if (ours.length === 0) continue
      if (ofRight === undefined || compare(ours[0], operator, ofRight(entry, found)[0])) found.push(entry)
    }
  }
}

function operandOf(text: string, depth: number): (root: unknown, found: Found) => unknown[] {
  if (text.startsWith('@') || text.startsWith('$') || text.startsWith('.')) {
    const steps = new PathReader(text, depth + 1).steps()
    return (root, found) => found.walk(steps, root)
  }
  const literal = literalOf(text)
  return () => [literal]
}

function literalOf(text: string): unknown {
  const quoted = unquoted(text)
  if (quoted !== undefined) return quoted
  if (text === 'true' || text === 'false') return text === 'true'
  const whole = parseInt64(text)
  if (whole !== undefined) return whole
  const number = Number(text)
  if (text === '' || Number.isNaN(number)) throw new JsonPathError(`unrecognized identifier ${text}`)
  return number
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return left === right
  if (operator === '!=') return left !== right
  const areNumbers = isNumeric(left) && isNumeric(right)
  if (!areNumbers && (typeof left !== 'string' || typeof right !== 'string')) return false
  const [one, other] = [left, right]
  if (operator === '<') return one < other
  if (operator === '<=') return one <= other
  return operator === '>' ? one > other : one >= other
}

/**
 * Validation of a value against its schema: types, bounds, enums, formats, patterns, required fields, alternatives. One
 * walk gathers all errors, in upstream's order and words; it first runs without looking at an old object, and only if
 * something is wrong once more with ratcheting. Paths are put together only for what is wrong. Upstream: kube-openapi
 * pkg/validation/validate, and k8s.io/apiextensions-apiserver pkg/apiserver/validation/{validation,ratcheting}.go.
 */
import { WrittenNumber, isInt64, isNumeric } from '../../../lib/exact-json.ts'
import { goFloat } from '../../../lib/go-number.ts'
import { holdsWrittenFloat, isWrittenFloat } from '../../../lib/written-floats.ts'
import { MAX_TOLD_TEXT, type FieldError } from '../../field-path.ts'
import { equalJson, printSorted, type JsonObject } from '../../patch/json-value.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { checkNumber, isWhole } from './check-number.ts'
import type { Correlation } from './correlation.ts'
import * as failure from './failure.ts'
import { MAX_TOLD, type Failure } from './failure.ts'
import { patternBudget, type PatternCompiler } from './pattern.ts'
import type { ValueRules } from './value-rules.ts'

/** What has been found so far. `matches` tells how near an alternative came, as upstream counts it. */
class Findings {
  readonly failures: Failure[] = []
  matches = 0

  readonly #messages = new Set<string>()
  readonly #most: number
  #told = 0

  /** `most`: how many are wanted. */
  constructor(most = MAX_TOLD) {
    this.#most = most
  }

  /** Nothing more is told. */
  get isFull(): boolean {
    return this.failures.length >= this.#most || this.#told >= MAX_TOLD_TEXT
  }

  /** Whether there is anything is all that is asked, and there is. */
  get isSettled(): boolean {
    return this.#most === 1 && this.failures.length > 0
  }

  readonly add = (failure: Failure): void => {
    if (this.isFull || this.#messages.has(failure.message)) return
    this.#messages.add(failure.message)
    this.#told += failure.message.length
    this.failures.push(failure)
  }

  /** The short way for values of which only a type is asked, which they have; counts as the long way would. */
  isPlain(value: unknown, onlyType: string): boolean {
    if (onlyType === '' || (onlyType === 'integer' ? !isInt64(value) : typeof value !== onlyType)) return false
    this.matches += onlyType === 'string' ? 7 : onlyType === 'boolean' ? 6 : 8
    return true
  }

  merge(other: Findings): void {
    this.matches += other.matches
    for (const failure of other.failures) this.add(failure)
  }
}

/** All errors of a value. `field` is where it is in its resource: '' for the resource itself. */
export function checkValue(
  value: unknown,
  schema: StructuralSchema,
  compilePattern: PatternCompiler,
  field = '',
): FieldError[] {
  return new ValueWalk(compilePattern).run(value, schema).map((failure) => failure.fieldError(field))
}

/** The same, of an update: what is unchanged, and correlates, is not judged. */
export function checkValueUpdate(
  correlation: Correlation,
  schema: StructuralSchema,
  compilePattern: PatternCompiler,
  field = '',
): FieldError[] {
  const walk = new ValueWalk(compilePattern)
  if (walk.run(correlation.value, schema).length === 0) return []
  return walk.run(correlation.value, schema, correlation).map((failure) => failure.fieldError(field))
}

class ValueWalk {
  readonly #compilePattern: PatternCompiler
  readonly #budget = patternBudget()
  #findings = new Findings()
  /** The steps from the root to where the walk is: names and indices. */
  readonly #steps: (string | number)[] = []
  /** What holds each of them, and under which name. */
  readonly #holders: object[] = []
  readonly #keys: (string | number)[] = []
  /** The paths of so many steps, as far as they have been asked for. */
  readonly #paths = ['']
  #root: unknown

  constructor(compilePattern: PatternCompiler) {
    this.#compilePattern = compilePattern
  }

  run(value: unknown, schema: StructuralSchema, correlation?: Correlation): readonly Failure[] {
    this.#findings = new Findings()
    this.#root = value
    this.#ratcheted(value, schema, correlation)
    return this.#findings.failures
  }

  readonly #path = (): string => {
    for (let length = this.#paths.length; length <= this.#steps.length; length++) {
      const [step = '', before = ''] = [this.#steps[length - 1], this.#paths[length - 1]]
      const field = before === '' ? step : `${before}.${String(step)}`
      this.#paths.push(typeof step === 'number' ? `${before}[${String(step)}]` : String(field))
    }
    return this.#paths[this.#steps.length] ?? ''
  }

  #enter(holder: object, key: string | number, step = key): void {
    this.#steps.push(step)
    this.#holders.push(holder)
    this.#keys.push(key)
  }

  #leave(): void {
    this.#steps.pop()
    this.#holders.pop()
    this.#keys.pop()
    if (this.#paths.length > this.#steps.length + 1) this.#paths.pop()
  }

  /** Whether the number where the walk is was written as a float. */
  readonly #isFloat = (): boolean => {
    if (!holdsWrittenFloat(this.#root)) return false
    const [holder, key] = [this.#holders.at(-1), this.#keys.at(-1)]
    return holder !== undefined && key !== undefined && isWrittenFloat(holder, key)
  }

  /** What is wrong with a value that is as it was does not count. */
  #ratcheted(value: unknown, schema: StructuralSchema, correlation: Correlation | undefined): void {
    if (correlation?.isUnchanged !== true) this.#check(value, schema, correlation)
  }

  #check(value: unknown, schema: StructuralSchema, correlation: Correlation | undefined): void {
    const { values } = schema
    const found = this.#findings
    if (value === null || value === undefined) {
      if (values.types.length > 0 && !schema.isNullable) {
        found.add(failure.wrongType(this.#path(), values.types.join(','), 'null'))
      } else found.matches++
      if (values.enum !== undefined) this.#refuse(null, values.enum)
      return
    }
    // The alternatives and the enum are looked at in any case, and the value itself counts.
    found.matches += 3
    if (values.types.length > 0 || values.format !== '') this.#checkType(value, values)
    if (values.hasAlternatives) this.#checkAlternatives(value, values)
    found.matches++
    if (typeof value === 'string') this.#checkText(value, values)
    else if (isNumeric(value)) {
      if (values.number !== undefined) {
        checkNumber(value, values.number, { path: this.#path, isFloat: this.#isFloat, add: found.add })
      }
      found.matches += 2
    } else if (Array.isArray(value)) this.#checkList(value, schema, correlation)
    if (values.enum !== undefined && !isInEnum(value, values.enum)) {
      const isFloat = typeof value === 'number' && this.#isFloat()
      this.#refuse(isFloat ? new WrittenNumber(goFloat(value)) : value, values.enum)
    }
    if (typeof value === 'object' && !Array.isArray(value)) this.#checkObject(value as JsonObject, schema, correlation)
  }

  /** An enum may be long: it is printed only where it is told. */
  #refuse(given: unknown, allowed: readonly unknown[]): void {
    if (!this.#findings.isFull) this.#findings.add(failure.unsupported(this.#path(), given, allowed))
  }

  #checkType(value: unknown, { types, format }: ValueRules): void {
    const found = this.#findings
    found.matches++
    const type = typeOf(value)
    const isOfType =
      types.includes(type) ||
      (type === 'integer' && types.includes('number')) ||
      (type === 'number' && types.includes('integer') && isWhole(value as number))
    const isTextOrList = type === 'string' || type === 'array'
    const wantsNumber = types.includes('number') || types.includes('integer')
    const told = (): string => (type === 'integer' && this.#isFloat() ? 'number' : type)
    if (format !== '' && !isTextOrList && !isOfType) {
      const itsFormat = isNumeric(value) ? (told() === 'integer' ? 'int64' : 'float64') : ''
      found.add(failure.wrongType(this.#path(), format, itsFormat))
    } else if (!isOfType && (wantsNumber || format === '' || !isTextOrList)) {
      found.add(failure.wrongType(this.#path(), types.join(','), told()))
    } else found.matches++
  }

  #checkText(value: string, values: ValueRules): void {
    const found = this.#findings
    const { maxLength, minLength, pattern, formatCheck } = values
    found.matches++
    if (maxLength !== undefined && value.length > maxLength && codePoints(value) > maxLength) {
      found.add(failure.longText(this.#path(), maxLength))
    } else if (minLength !== undefined && codePoints(value) < minLength) {
      found.add(failure.shortText(this.#path(), value, minLength))
    } else if (pattern !== '' && !this.#compilePattern(pattern)(value, this.#budget)) {
      found.add(failure.unmatched(this.#path(), value, pattern))
    }
    if (formatCheck === undefined) return
    found.matches++
    if (!formatCheck(value)) found.add(failure.wrongFormat(this.#path(), values.format, value))
  }

  #checkList(list: readonly unknown[], schema: StructuralSchema, correlation: Correlation | undefined): void {
    const { items, values } = schema
    const found = this.#findings
    if (items !== undefined) {
      for (let at = 0; at < list.length; at++) {
        if (found.isSettled) return
        if (found.isPlain(list[at], items.values.onlyType)) continue
        this.#enter(list, at)
        this.#ratcheted(list[at], items, correlation?.item(at))
        this.#leave()
      }
    }
    const { minItems, maxItems } = values
    if (minItems !== undefined && list.length < minItems) {
      found.add(failure.fewItems(this.#path(), list.length, minItems))
    }
    if (maxItems !== undefined && list.length > maxItems) {
      found.add(failure.manyItems(this.#path(), list.length, maxItems))
    }
    if (values.hasUniqueItems && new Set(list.map(printSorted)).size < list.length) {
      found.add(failure.duplicateItems(this.#path()))
    }
    found.matches += 2
  }

  #checkObject(value: JsonObject, schema: StructuralSchema, correlation: Correlation | undefined): void {
    const { values, properties, additionalProperties } = schema
    const found = this.#findings
    const { minProperties, maxProperties } = values
    const names = Object.keys(value)
    found.matches++
    if (minProperties !== undefined && names.length < minProperties) {
      found.add(failure.fewProperties(this.#path(), names.length, minProperties))
    }
    if (maxProperties !== undefined && names.length > maxProperties) {
      found.add(failure.manyProperties(this.#path(), names.length, maxProperties))
    }
    if (additionalProperties !== undefined || schema.allowsAdditional === false) {
      for (const name of names) {
        if (found.isSettled) return
        if (!properties.has(name)) this.#checkOther(name, value, schema, correlation)
      }
    }
    const isRoot = this.#steps.length === 0
    for (const name of names) {
      if (found.isSettled) return
      const property = properties.get(name)
      if (property === undefined || found.isPlain(value[name], property.values.onlyType)) continue
      // Changes of a resource's type are not seen here: both objects have been converted to it.
      const isTyping = isRoot && (name === 'kind' || name === 'apiVersion')
      this.#enter(value, name)
      this.#ratcheted(value[name], property, isTyping ? undefined : correlation?.field(name))
      this.#leave()
    }
    for (const name of values.required) {
      if (found.isFull) return
      if (!Object.hasOwn(value, name)) found.add(failure.missing(`${this.#path()}.${name}`))
    }
  }

  #checkOther(name: string, value: JsonObject, schema: StructuralSchema, correlation: Correlation | undefined): void {
    if (schema.additionalProperties === undefined) {
      this.#findings.add(failure.forbiddenProperty(this.#path(), name))
      return
    }
    // Upstream writes the dot even where nothing stands before it.
    if (this.#findings.isPlain(value[name], schema.additionalProperties.values.onlyType)) return
    this.#enter(value, name, this.#steps.length === 0 ? `.${name}` : name)
    this.#ratcheted(value[name], schema.additionalProperties, correlation?.field(name))
    this.#leave()
  }

  /** Alternatives are not ratcheted one by one: the value that they are about is, as a whole. */
  #attempt(value: unknown, schema: StructuralSchema, most?: number): Findings {
    const outer = this.#findings
    const own = new Findings(most)
    this.#findings = own
    this.#check(value, schema, undefined)
    this.#findings = outer
    return own
  }

  /** What it comes to where the value fits; undefined: it does not, and at the first mistake no more was looked for. */
  #success(value: unknown, schema: StructuralSchema): Findings | undefined {
    const attempt = this.#attempt(value, schema, 1)
    return attempt.failures.length === 0 ? attempt : undefined
  }

  /** The alternative that came nearest, with all that is wrong, where there is room to tell it. */
  #nearest(value: unknown, alternatives: readonly StructuralSchema[]): Findings | undefined {
    let best: Findings | undefined
    if (this.#findings.isFull) return undefined
    for (const alternative of alternatives) {
      const attempt = this.#attempt(value, alternative)
      if (best === undefined || attempt.matches > best.matches) best = attempt
    }
    return best
  }

  #checkAlternatives(value: unknown, { anyOf, oneOf, allOf, not }: ValueRules): void {
    if (anyOf.length > 0) this.#checkAnyOf(value, anyOf)
    if (oneOf.length > 0) this.#checkOneOf(value, oneOf)
    if (allOf.length > 0) this.#checkAllOf(value, allOf)
    if (not !== undefined && this.#success(value, not) !== undefined) {
      this.#findings.add(failure.notRefused(this.#path()))
    }
  }

  #checkAnyOf(value: unknown, anyOf: readonly StructuralSchema[]): void {
    for (const alternative of anyOf) {
      const success = this.#success(value, alternative)
      if (success === undefined) continue
      this.#findings.merge(success)
      return
    }
    const best = this.#nearest(value, anyOf)
    this.#findings.add(failure.noAlternative(this.#path()))
    if (best !== undefined) this.#findings.merge(best)
  }

  #checkOneOf(value: unknown, oneOf: readonly StructuralSchema[]): void {
    const successes = oneOf.map((alternative) => this.#success(value, alternative)).filter((one) => one !== undefined)
    const [success] = successes
    if (successes.length === 1 && success !== undefined) {
      this.#findings.merge(success)
      return
    }
    const best = successes.length === 0 ? this.#nearest(value, oneOf) : undefined
    this.#findings.add(failure.notOneAlternative(this.#path(), successes.length))
    if (best !== undefined) this.#findings.merge(best)
  }

  #checkAllOf(value: unknown, allOf: readonly StructuralSchema[]): void {
    let valid = 0
    for (const alternative of allOf) {
      const attempt = this.#attempt(value, alternative, this.#findings.isFull ? 1 : undefined)
      if (attempt.failures.length === 0) valid++
      this.#findings.merge(attempt)
    }
    if (valid !== allOf.length) this.#findings.add(failure.notAll(this.#path(), valid))
  }
}

function typeOf(value: unknown): string {
  if (isNumeric(value)) return isInt64(value) ? 'integer' : 'number'
  if (Array.isArray(value)) return 'array'
  return typeof value
}

/** Go counts the runes of a text. */
function codePoints(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length - 1; at++) {
    const isPair = (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
    if (isPair) count--
  }
  return count
}

const enums = new WeakMap<readonly unknown[], ReadonlySet<unknown>>()

/** Scalars are looked up: both an enum and a list of values may be long. */
function isInEnum(value: unknown, allowed: readonly unknown[]): boolean {
  let known = enums.get(allowed)
  if (known === undefined) enums.set(allowed, (known = new Set(allowed)))
  if (known.has(value)) return true
  // A float is converted to the integer that an enum has before the two are compared.
  if (typeof value === 'number') return isInt64(Math.trunc(value)) && known.has(Math.trunc(value))
  return typeof value === 'object' && allowed.some((one) => equalJson(value, one))
}

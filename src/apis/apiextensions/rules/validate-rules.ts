/**
 * An object against the rules of its schema. Rules about a change are only asked where there is something to compare
 * with; what is unchanged is not held against an update, but warned of. All rules of an object share one budget, and
 * when it is used up no more of them run. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/cel/validation.go.
 */
import { WrittenNumber } from '../../../lib/exact-json.ts'
import { ownValue } from '../../../lib/own-value.ts'
import { isWrittenFloat } from '../../../lib/written-floats.ts'
import {
  childPath, duplicate, forbidden, formatFieldError, indexPath, invalid, invalidCombination, keyPath, required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import type { ValidationRule } from '../../../apimachinery/structural/json-schema.ts'
import type { StructuralSchema } from '../../../apimachinery/structural/structural-schema.ts'
import { MAX_TOLD } from '../../../apimachinery/structural/values/failure.ts'
import { byListMapKey, Correlation, listMapKey } from '../../../apimachinery/structural/values/correlation.ts'
import type { Evaluation, Program } from '../../../cel/environment.ts'
import { OBJECT_COST_BUDGET, PER_CALL_COST_LIMIT } from '../../../cel/library/kubernetes/environment.ts'
import type { DeclaredType } from '../../../cel/types/declared-type.ts'
import { EvaluationError } from '../../../cel/values/evaluation-error.ts'
import { adapt } from '../../../cel/values/json.ts'
import { OptionalValue } from '../../../cel/values/optional.ts'
import { compileRules, type CompiledRule, type CompiledRules } from './compile-rules.ts'

export interface RuleInput {
  readonly field?: string
  /** Whether the value is a resource, so that its rules see its type and names. */
  readonly isResource: boolean
  /** undefined: there is none. */
  readonly old?: unknown
  /** Given for updates: what is unchanged is let be. */
  readonly ratchets?: boolean
}

export interface RuleFindings {
  readonly errors: FieldError[]
  /** Errors of what is unchanged. */
  readonly warnings: string[]
}

/** The variables of an expression. */
type Given = Readonly<Record<string, unknown>>

const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run'
const NO_TYPE = 'failed to convert to declType for CEL validation rules'
/** What a message may be at most, in bytes. */
const MAX_MESSAGE = 5 * 1024

export function validateRules(value: unknown, schema: StructuralSchema, input: RuleInput): RuleFindings {
  const walk = new RuleWalk()
  const current = input.ratchets === true ? new Correlation(value, input.old, schema) : undefined
  const { field = '', isResource, old } = input
  walk.visit({ value, old, field, schema, isResource, correlation: { current, nearest: undefined } })
  return walk
}

/** Compiled for as long as their schema is there. */
const compiled = new WeakMap<StructuralSchema, CompiledRules | 'none'>()

function rulesOf(schema: StructuralSchema, isResource: boolean): CompiledRules | undefined {
  let rules = compiled.get(schema)
  if (rules === undefined) {
    rules = compileRules(schema, isResource) ?? 'none'
    compiled.set(schema, rules)
  }
  return rules === 'none' ? undefined : rules
}

/** What does not fit its type any longer counts as not there. */
function optionalOf(old: unknown, type: DeclaredType): OptionalValue {
  if (old === undefined) return OptionalValue.none
  try {
    return OptionalValue.of(adapt(old, type))
  } catch (error) {
    if (error instanceof EvaluationError) return OptionalValue.none
    throw error
  }
}

/** A value's own old value, or the nearest around it that has one. */
interface Correlated {
  readonly current: Correlation | undefined
  readonly nearest: Correlation | undefined
}

interface Visited {
  readonly value: unknown
  /** It is a whole number that was written as a float. */
  readonly isFloat?: boolean
  readonly old: unknown
  readonly field: string
  readonly schema: StructuralSchema
  readonly isResource: boolean
  readonly correlation: Correlated
}

class RuleWalk implements RuleFindings {
  readonly errors: FieldError[] = []
  readonly warnings: string[] = []
  #budget = OBJECT_COST_BUDGET
  #isOver = false

  visit(visited: Visited): void {
    const { value, schema } = visited
    if (value === null || value === undefined || !schema.reach.rules || this.#isOver) return
    if (this.errors.length + this.warnings.length >= MAX_TOLD) return
    if (schema.rules.length > 0) this.#evaluate(visited)
    if (Array.isArray(value)) this.#visitItems(value, visited)
    else if (isJsonObject(value)) this.#visitFields(value, visited)
  }

  #visitItems(list: readonly unknown[], { old, field, schema, correlation }: Visited): void {
    const { items, listMapKeys } = schema
    if (items === undefined || !items.reach.rules) return
    const isMap = schema.listType === 'map' && Array.isArray(old)
    const olds = isMap ? byListMapKey(old as unknown[], schema) : new Map<unknown, unknown>()
    for (let at = 0; at < list.length && !this.#isOver; at++) {
      const value = list[at]
      this.visit({
        value,
        isFloat: isWrittenFloat(list, at),
        old: isMap ? olds.get(listMapKey(value, listMapKeys)) : undefined,
        field: indexPath(field, at),
        schema: items,
        isResource: items.isEmbeddedResource,
        correlation: below(correlation, (current) => current.item(at)),
      })
    }
  }

  #visitFields(fields: Readonly<Record<string, unknown>>, { old, field, schema, correlation }: Visited): void {
    const olds = isJsonObject(old) ? old : {}
    for (const name of Object.keys(fields)) {
      const property = schema.properties.get(name)
      const child = property ?? schema.additionalProperties
      if (child === undefined || !child.reach.rules) continue
      // Changes of a resource's type are not seen: both objects have been converted to it.
      const isTyping = correlation.nearest === undefined && (name === 'apiVersion' || name === 'kind')
      this.visit({
        value: fields[name],
        isFloat: isWrittenFloat(fields, name),
        old: ownValue(olds, name),
        field: property === undefined ? keyPath(field, name) : childPath(field, name),
        schema: child,
        isResource: child.isEmbeddedResource,
        correlation: isTyping ? UNCORRELATED : below(correlation, (current) => current.field(name)),
      })
      if (this.#isOver) return
    }
  }

  #evaluate(visited: Visited): void {
    const { field, schema, isResource, value } = visited
    const old = visited.old ?? undefined
    if (this.#budget <= 0) {
      this.#stop(field, schema, OUT_OF_BUDGET)
      return
    }
    const rules = rulesOf(schema, isResource)
    if (rules === undefined) {
      this.#fail(field, schema, `rule compiler initialization error: ${NO_TYPE}`)
      return
    }
    const self = visited.isFloat === true ? new WrittenNumber(String(value)) : value
    const activation = old === undefined ? { self } : { self, oldSelf: old }
    for (const rule of rules.rules) {
      if (this.#isOver) return
      const { program, problem, rule: said } = rule
      const isOptional = said.optionalOldSelf === true
      if (problem !== undefined) this.#fail(field, schema, `rule compile error: ${problem}`)
      else if (program !== undefined && !(rule.usesOldSelf && old === undefined && !isOptional)) {
        const given = isOptional ? { self, oldSelf: optionalOf(old, rules.type) } : activation
        const evaluation = this.#run(program, given)
        this.#settle(rule, evaluation, visited, activation)
      }
    }
  }

  #run(program: Program, activation: Given): Evaluation {
    return program.evaluate(activation, { costLimit: PER_CALL_COST_LIMIT })
  }

  #settle(rule: CompiledRule, evaluation: Evaluation, visited: Visited, activation: Given): void {
    const { field, schema } = visited
    if (evaluation.cost > this.#budget) {
      this.#stop(field, schema, OUT_OF_BUDGET)
      return
    }
    this.#budget -= evaluation.cost
    const text = ruleText(rule.rule)
    const { error } = evaluation
    if (error?.isCostLimit === true) {
      const why = `no further validation rules will be run due to call cost exceeds limit for rule: ${text}`
      this.#stop(field, schema, `'${error.message}': ${why}`)
    } else if (error !== undefined) {
      const isOverload = error.message.startsWith('no such overload')
      const why = 'call arguments did not match a supported operator, function or macro signature for rule'
      const said = isOverload ? `'${error.message}': ${why}: ${text}` : `${error.message} evaluating rule: ${text}`
      this.#fail(field, schema, said)
    } else if (evaluation.value !== true) this.#refuse(rule, visited, activation)
  }

  /** The rule does not hold. */
  #refuse(rule: CompiledRule, visited: Visited, activation: Given): void {
    const { field, schema, value, correlation } = visited
    const at = rule.fieldPath === '' ? field : childPath(field, rule.fieldPath)
    const add = (error: FieldError): void => {
      const source = correlation.current ?? correlation.nearest
      if (!rule.usesOldSelf && source?.isUnchanged === true) this.warnings.push(formatFieldError(error))
      else this.errors.push(error)
    }
    const message = this.#messageOf(rule, activation)
    if (message?.isOver === true) {
      this.#isOver = true
      add(invalid(somewhere(at), schema.type, message.text))
      return
    }
    add(errorFor(rule.rule, somewhere(at), value, message?.text ?? usualMessage(rule.rule)))
  }

  /** What its expression makes; undefined when that fails, and the usual one is to be told. */
  #messageOf(
    { message, rule }: CompiledRule,
    activation: Given,
  ): { readonly text: string; readonly isOver?: boolean } | undefined {
    if (message === undefined) return undefined
    const evaluation = this.#run(message, activation)
    if (evaluation.cost > this.#budget) {
      const why = 'running out of cost budget, no further validation rules will be run'
      return { text: `messageExpression evaluation failed due to ${why}`, isOver: true }
    }
    if (evaluation.error?.isCostLimit === true) {
      const source = JSON.stringify(rule.messageExpression ?? '')
      const why = 'no further validation rules will be run due to call cost exceeds limit for messageExpression'
      return { text: `${why}: ${source}`, isOver: true }
    }
    this.#budget -= evaluation.cost
    const text = typeof evaluation.value === 'string' ? evaluation.value.trim() : ''
    const isFit = text !== '' && !text.includes('\n') && new TextEncoder().encode(text).length <= MAX_MESSAGE
    return isFit ? { text } : undefined
  }

  #fail(field: string, schema: StructuralSchema, why: string): void {
    this.errors.push(invalid(somewhere(field), schema.type, why))
  }

  #stop(field: string, schema: StructuralSchema, why: string): void {
    this.#fail(field, schema, why)
    this.#isOver = true
  }
}

const UNCORRELATED: Correlated = { current: undefined, nearest: undefined }

function below({ current, nearest }: Correlated, step: (current: Correlation) => Correlation | undefined): Correlated {
  return current === undefined ? { current, nearest } : { current: step(current), nearest: current }
}

/** What upstream prints for the resource itself. */
function somewhere(field: string): string {
  return field === '' ? '<nil>' : field
}

function ruleText({ message = '', rule }: ValidationRule): string {
  return (message === '' ? rule : message).trim()
}

function usualMessage(rule: ValidationRule): string {
  return (rule.message ?? '') === '' ? `failed rule: ${ruleText(rule)}` : ruleText(rule)
}

/** Objects and lists are not told. */
function errorFor({ reason }: ValidationRule, field: string, value: unknown, detail: string): FieldError {
  const isTold = typeof value !== 'object'
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, detail)
    case 'FieldValueRequired':
      return required(field, detail)
    case 'FieldValueDuplicate':
      return isTold ? duplicate(field, value) : { reason: 'FieldValueDuplicate', field, body: 'Duplicate value' }
    default:
      return isTold ? invalid(field, value, detail) : invalidCombination(field, detail)
  }
}

/**
 * Rules of one schema (x-kubernetes-validations), compiled: `self` is the value, `oldSelf` the one that it had
 * before. What is wrong with an expression is told in upstream's words. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/cel/compilation.go.
 */
import type { CompileResult, Environment, Problem, Program } from '../../../cel/environment.ts'
import type { DeclaredType } from '../../../cel/types/declared-type.ts'
import type { Cost } from '../../../cel/types/cost.ts'
import { BOOL, STRING, isSameType, optionalOf, type Type } from '../../../cel/types/type.ts'
import type { ValidationRule } from '../../../apimachinery/structural/json-schema.ts'
import type { StructuralSchema } from '../../../apimachinery/structural/structural-schema.ts'
import { celEnvironment } from '../../cel-environment.ts'
import { followFieldPath } from '../validation/paths.ts'
import { declareSchema, MAX_REQUEST_SIZE, type Declared } from './declare-schema.ts'

export interface CompiledRule {
  readonly rule: ValidationRule
  /** Without either of these two, the rule is empty. */
  readonly program?: Program
  readonly problem?: string
  readonly usesOldSelf: boolean
  readonly maxCost: Cost
  readonly message?: Program
  readonly messageProblem?: string
  readonly maxMessageCost: Cost
  /** Where in the value its error is: `a.b`, '' for the value itself. */
  readonly fieldPath: string
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[]
  /** How many of such values a request can hold at most. */
  readonly maxCardinality: number
  readonly type: DeclaredType
}

/** undefined where expressions cannot see the value at all. */
export function compileRules(schema: StructuralSchema, isResource: boolean): CompiledRules | undefined {
  const declared = declareSchema(schema, isResource)
  if (declared === undefined) return undefined
  const environments = new SelfEnvironments(declared)
  return {
    type: declared.type,
    rules: schema.rules.map((rule) => compileRule(rule, schema, environments)),
    maxCardinality: Math.floor(MAX_REQUEST_SIZE / (declared.minSize + 1)),
  }
}

/** Each is made when the first rule needs it. */
class SelfEnvironments {
  readonly #declared: Declared
  #usual: Environment | undefined
  #optional: Environment | undefined

  constructor(declared: Declared) {
    this.#declared = declared
  }

  of({ optionalOldSelf }: ValidationRule): Environment {
    const { type } = this.#declared
    if (optionalOldSelf === true) {
      this.#optional ??= celEnvironment().extend({ variables: { self: type, oldSelf: optionalOf(type.type) } })
      return this.#optional
    }
    this.#usual ??= celEnvironment().extend({ variables: { self: type, oldSelf: type } })
    return this.#usual
  }
}

const OLD = 'oldSelf'
const NOTHING = { usesOldSelf: false, maxCost: 0, maxMessageCost: 0, fieldPath: '' }

function compileRule(rule: ValidationRule, schema: StructuralSchema, environments: SelfEnvironments): CompiledRule {
  if (rule.rule.trim() === '') return { ...NOTHING, rule }
  const environment = environments.of(rule)
  const compiled = environment.compile(rule.rule)
  if (isOfOtherType(compiled, BOOL)) return { ...NOTHING, rule, problem: 'cel expression must evaluate to a bool' }
  const { program, problem } = compiled
  if (problem !== undefined) {
    return { ...NOTHING, rule, usesOldSelf: problem.mentions?.(OLD) === true, problem: complaint(problem, '') }
  }
  const { fieldPath = '' } = rule
  const path = fieldPath === '' ? undefined : followFieldPath(fieldPath, schema.source, true)
  return {
    rule,
    program,
    usesOldSelf: program.mentions(OLD),
    maxCost: program.estimateCost().max,
    ...compileMessage(rule, environment),
    fieldPath: typeof path === 'object' ? path.path : '',
  }
}

function compileMessage(
  { messageExpression = '' }: ValidationRule,
  environment: Environment,
): Pick<CompiledRule, 'message' | 'messageProblem' | 'maxMessageCost'> {
  if (messageExpression === '') return { maxMessageCost: 0 }
  const compiled = environment.compile(messageExpression)
  if (isOfOtherType(compiled, STRING)) {
    return { messageProblem: 'messageExpression must evaluate to a string', maxMessageCost: 0 }
  }
  const { program, problem } = compiled
  if (problem !== undefined) return { messageProblem: complaint(problem, 'messageExpression '), maxMessageCost: 0 }
  return { message: program, maxMessageCost: program.estimateCost().max }
}

/** What its types are wrong in is told before what its program is; one that may be null is of another type. */
function isOfOtherType({ program, problem }: CompileResult, expected: Type): boolean {
  const type = program?.resultType ?? problem?.resultType
  return type !== undefined && (type.isNullable || !isSameType(type, expected))
}

function complaint({ kind, message }: Problem, what: '' | 'messageExpression '): string {
  if (kind !== 'program') return `${what}compilation failed: ${message}`
  return what === '' ? message : message.replace(/^program /, what)
}

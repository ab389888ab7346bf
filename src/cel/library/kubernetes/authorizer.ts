/**
 * `authorizer.group('apps').resource('deployments').check('create').allowed()` (apiserver pkg/cel/library/authz.go).
 * Who decides is a function that is given with the variable `authorizer`; it is asked during evaluation, so it must
 * answer at once.
 */
import { constantCost, fixed, LIST_COST, scaleRange, STRING_FACTOR, STRUCT_COST } from '../../types/call-cost.ts'
import { addRanges, argumentSize, type CallCost, type Range } from '../../types/call-cost.ts'
import { declareFunction, member, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, STRING, objectType, type Type } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { OpaqueValue, type CelValue, type Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

/** What is asked: a path, or a resource (`group` is set). Empty texts are not set. */
export interface AuthorizationCheck {
  readonly verb: string
  /** Another than who made the request: `system:serviceaccount:NAMESPACE:NAME`. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

export interface AuthorizationDecision {
  readonly isAllowed: boolean
  readonly reason: string
  /** Set if it could not be decided. */
  readonly error?: string
}

export interface AuthorizerRules {
  readonly authorize: (check: AuthorizationCheck) => AuthorizationDecision
}

/** What is wrong with the names of a service account; empty when nothing is. */
export interface ServiceAccountNames {
  readonly isName: (name: string) => boolean
  readonly isNamespace: (namespace: string) => boolean
}

const named = (name: string): Type => objectType(`kubernetes.authorization.${name}`)
export const AUTHORIZER = named('Authorizer')
const PATH_CHECK = named('PathCheck')
const GROUP_CHECK = named('GroupCheck')
export const RESOURCE_CHECK = named('ResourceCheck')
const DECISION = named('Decision')

/** An authorizer, and what was said so far about what to ask it. */
export class AuthorizerValue extends OpaqueValue {
  readonly type: Type
  readonly rules: AuthorizerRules
  readonly asked: Omit<AuthorizationCheck, 'verb'>

  constructor(rules: AuthorizerRules, type = AUTHORIZER, asked: Omit<AuthorizationCheck, 'verb'> = {}) {
    super()
    this.type = type
    this.rules = rules
    this.asked = asked
  }

  with(type: Type, more: Omit<AuthorizationCheck, 'verb'>): AuthorizerValue {
    return new AuthorizerValue(this.rules, type, { ...this.asked, ...more })
  }

  override equals(other: CelValue): boolean {
    return (
      other instanceof AuthorizerValue &&
      other.rules === this.rules &&
      other.type === this.type &&
      JSON.stringify(other.asked) === JSON.stringify(this.asked)
    )
  }
}

class DecisionValue extends OpaqueValue {
  readonly type = DECISION
  readonly decision: AuthorizationDecision

  constructor(decision: AuthorizationDecision) {
    super()
    this.decision = decision
  }

  override equals(other: CelValue): boolean {
    return other instanceof DecisionValue && JSON.stringify(other.decision) === JSON.stringify(this.decision)
  }
}

const CHECK = { cost: constantCost(350_000) }

type Part = keyof Omit<AuthorizationCheck, 'verb' | 'serviceAccount'>

function describe(name: Part, id: string, from: Type, to: Type, cost?: CallCost, isRequired = false) {
  const call = (value: Value, text: Value): Value => {
    if (isRequired && (text as string).trim() === '') throw new EvaluationError(`${name} must not be empty`)
    return (value as AuthorizerValue).with(to, { [name]: text as string })
  }
  return declareFunction(name, member(id, [from, STRING], to, call, cost === undefined ? {} : { cost }))
}

function check(value: Value, verb: Value): Value {
  const { rules, asked } = value as AuthorizerValue
  return new DecisionValue(rules.authorize({ ...asked, verb: verb as string }))
}

function answer(name: string, type: Type, read: (decision: AuthorizationDecision) => Value): FunctionDeclaration {
  const call = (value: Value): Value => read((value as DecisionValue).decision)
  return declareFunction(name, member(`decision_${name}`, [DECISION], type, call))
}

/** Reading a selector: its text, and a requirement for every second character of it. */
function selectorCost(size: Range): Range {
  const requirements = scaleRange(size, 0.5)
  return addRanges(fixed(LIST_COST), scaleRange(size, STRING_FACTOR), scaleRange(requirements, LIST_COST + STRUCT_COST))
}

const SELECTOR: CallCost = {
  estimate: (args) => ({ cost: selectorCost(args.size(1)) }),
  actual: (args) => Number(selectorCost(fixed(argumentSize(args, 1))).max),
}

export function authorizers(names: ServiceAccountNames): Library {
  const serviceAccount = (value: Value, namespace: Value, name: Value): Value => {
    if (!names.isName(name as string)) throw new EvaluationError('Invalid service account name')
    if (!names.isNamespace(namespace as string)) throw new EvaluationError('Invalid service account namespace')
    const account = { namespace: namespace as string, name: name as string }
    return (value as AuthorizerValue).with(AUTHORIZER, { serviceAccount: account })
  }
  const types = [AUTHORIZER, PATH_CHECK, GROUP_CHECK, RESOURCE_CHECK, DECISION]
  return {
    sizes: types.map(({ name }) => [name, 1]),
    functions: [
      describe('path', 'authorizer_path', AUTHORIZER, PATH_CHECK, undefined, true),
      describe('group', 'authorizer_group', AUTHORIZER, GROUP_CHECK),
      declareFunction(
        'serviceAccount',
        member('authorizer_serviceaccount', [AUTHORIZER, STRING, STRING], AUTHORIZER, serviceAccount),
      ),
      describe('resource', 'groupcheck_resource', GROUP_CHECK, RESOURCE_CHECK, undefined, true),
      describe('subresource', 'resourcecheck_subresource', RESOURCE_CHECK, RESOURCE_CHECK),
      describe('namespace', 'resourcecheck_namespace', RESOURCE_CHECK, RESOURCE_CHECK),
      describe('name', 'resourcecheck_name', RESOURCE_CHECK, RESOURCE_CHECK),
      describe('fieldSelector', 'authorizer_fieldselector', RESOURCE_CHECK, RESOURCE_CHECK, SELECTOR),
      describe('labelSelector', 'authorizer_labelselector', RESOURCE_CHECK, RESOURCE_CHECK, SELECTOR),
      declareFunction(
        'check',
        member('pathcheck_check', [PATH_CHECK, STRING], DECISION, check, CHECK),
        member('resourcecheck_check', [RESOURCE_CHECK, STRING], DECISION, check, CHECK),
      ),
      answer('errored', BOOL, ({ error }) => error !== undefined),
      answer('error', STRING, ({ error }) => error ?? ''),
      answer('allowed', BOOL, ({ isAllowed }) => isAllowed),
      answer('reason', STRING, ({ reason }) => reason),
    ],
  }
}

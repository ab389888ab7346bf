/**
 * Rules of a definition's schema when the definition is written: that they compile, and what they can cost, one by
 * one and all together. Upstream: k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/validation/{validation,cel_validation}.go.
 */
import {
  childPath, forbidden, indexPath, internalFieldError, invalid, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { compileStructural, type StructuralSchema } from '../../../apimachinery/structural/structural-schema.ts'
import { addCosts, multiplyCosts, type Cost } from '../../../cel/types/cost.ts'
import { ascending } from '../../../lib/order.ts'
import { isKnownType } from '../validation/schema.ts'
import { printedRule } from '../validation/internal-values.ts'
import type { RuleContext } from '../validation/schema.ts'
import type { RuleJudge, RuleOptions } from '../validation/version-schema.ts'
import { limitOf } from './declare-schema.ts'
import { compileRules, type CompiledRule } from './compile-rules.ts'
import { validateRules } from './validate-rules.ts'

/** Of one expression: about a second, were it evaluated as often as a request allows. */
const EXPRESSION_COST_LIMIT = 10_000_000
/** Of all expressions of a schema. */
const SCHEMA_COST_LIMIT = 100_000_000
/** How many of those that cost most are named when all together cost too much. */
const MOST_NAMED = 4

const RULES = 'x-kubernetes-validations'

export const ruleJudge: RuleJudge = {
  contextOf(schema, options) {
    const total = new TotalCost()
    const context = new JudgedSchema(compileStructural(schema), true, 1, { ...options, total })
    return Object.assign(context, { finish: (field: string) => total.finish(field) })
  },
  checkDefault(value, schema, field, isResource) {
    if (!schema.reach.rules) return []
    // As if it had been that before, and as if it were new.
    const unchanged = validateRules(value, schema, { field, isResource, old: value })
    return unchanged.errors.length > 0 ? unchanged.errors : validateRules(value, schema, { field, isResource }).errors
  },
}

interface JudgeOptions extends RuleOptions {
  readonly total: TotalCost
}

class JudgedSchema implements RuleContext {
  readonly #schema: StructuralSchema | undefined
  readonly #isResource: boolean
  /** How many of its values an object can have; undefined when nothing limits it. */
  readonly #cardinality: Cost | undefined
  readonly #options: JudgeOptions
  readonly #around: JudgedSchema | undefined

  constructor(
    schema: StructuralSchema | undefined,
    isResource: boolean,
    cardinality: Cost | undefined,
    options: JudgeOptions,
    around?: JudgedSchema,
  ) {
    this.#schema = schema
    this.#isResource = isResource
    this.#cardinality = cardinality
    this.#options = options
    this.#around = around
  }

  ofProperty(_schema: unknown, name: string): RuleContext {
    return this.#below(this.#schema?.properties.get(name))
  }

  ofItems(): RuleContext {
    return this.#below(this.#schema?.items)
  }

  ofOthers(): RuleContext {
    return this.#below(this.#schema?.additionalProperties)
  }

  #below(schema: StructuralSchema | undefined): RuleContext {
    const factor = this.#schema === undefined ? undefined : mostElements(this.#schema)
    const cardinality =
      factor === undefined || this.#cardinality === undefined ? undefined : multiplyCosts(this.#cardinality, factor)
    return new JudgedSchema(schema, schema?.isEmbeddedResource === true, cardinality, this.#options, this)
  }

  /** Whether it is within the outermost schema with rules, and so is something that has no type. */
  #isWithinUntyped(): boolean {
    let [isUntyped, isWithin] = [false, false]
    for (let place = this.#around; place !== undefined; place = place.#around) {
      const { rules = [], type, isIntOrString = false } = place.#schema ?? {}
      isUntyped ||= type !== undefined && !isIntOrString && !isKnownType(type)
      // Rules outside of it need its type.
      isWithin ||= isUntyped && rules.length > 0
    }
    return isWithin
  }

  validateRules(field: string, uncorrelatable: string | undefined): FieldError[] {
    const schema = this.#schema
    const compiled = schema === undefined ? undefined : compileRules(schema, this.#isResource)
    const at = childPath(field, RULES)
    if (compiled === undefined || this.#isWithinUntyped()) {
      const why = 'unable to convert structural schema to CEL declarations'
      const what = 'internal error: failed to construct type information for x-kubernetes-validations rules'
      return [internalFieldError(at, `${what}: ${why}`)]
    }
    const cardinality = this.#cardinality ?? compiled.maxCardinality
    return compiled.rules.flatMap((rule, index) => this.#judge(rule, indexPath(at, index), cardinality, uncorrelatable))
  }

  #judge(compiled: CompiledRule, field: string, cardinality: Cost, uncorrelatable: string | undefined): FieldError[] {
    const { rule } = compiled
    const at = (name: string): string => childPath(field, name)
    const { isUnchanged, total } = this.#options
    const errors: FieldError[] = []
    const charge = (cost: Cost, where: string, name: string): void => {
      if (!isUnchanged && cost > EXPRESSION_COST_LIMIT) {
        errors.push(forbidden(where, costMessage(name, cost, EXPRESSION_COST_LIMIT)))
      }
      total.add(cost, where)
    }
    charge(multiplyCosts(compiled.maxCost, cardinality), at('rule'), 'estimated rule cost')
    if (compiled.problem !== undefined) errors.push(invalid(at('rule'), printedRule(rule), compiled.problem))
    if (compiled.messageProblem !== undefined) {
      errors.push(invalid(at('messageExpression'), printedRule(rule), compiled.messageProblem))
    } else if (compiled.message !== undefined) {
      charge(compiled.maxMessageCost, at('messageExpression'), 'estimated messageExpression cost')
    }
    if (compiled.usesOldSelf && uncorrelatable !== undefined) {
      const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`
      errors.push(invalid(at('rule'), rule.rule, why))
    } else if (!compiled.usesOldSelf && rule.optionalOldSelf !== undefined) {
      errors.push(invalid(at('optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'))
    }
    return errors
  }
}

/** How many values can be directly inside of one; undefined when nothing limits it. */
function mostElements({ type, source }: StructuralSchema): Cost | undefined {
  if (type === 'array') return limitOf(source.maxItems)
  return type === 'object' && source.additionalProperties !== undefined ? limitOf(source.maxProperties) : 1
}

class TotalCost {
  #total: Cost = 0
  #expensive: { readonly field: string; readonly cost: Cost }[] = []

  add(cost: Cost, field: string): void {
    this.#total = addCosts(this.#total, cost)
    if (cost < SCHEMA_COST_LIMIT / 100) return
    const sorted = [...this.#expensive, { field, cost }].toSorted((one, other) => ascending(other.cost, one.cost))
    this.#expensive = sorted.slice(0, MOST_NAMED)
  }

  finish(field: string): FieldError[] {
    if (this.#total <= SCHEMA_COST_LIMIT) return []
    const why = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema'
    const name = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    return [
      ...this.#expensive.map((expensive) => forbidden(expensive.field, why)),
      forbidden(field, costMessage(name, this.#total, SCHEMA_COST_LIMIT)),
    ]
  }
}

function costMessage(name: string, cost: Cost, limit: number): string {
  const factor = Number(cost) / limit
  const times = factor > 100 ? 'more than 100x' : `${factor < 1.5 ? factor.toFixed(6) : toTenths(factor)}x`
  const advice =
    'try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared'
  return `${name} exceeds budget by factor of ${times} (${advice})`
}

/** With one digit; Go rounds a half to the even neighbour. */
function toTenths(factor: number): string {
  return factor.toFixed(factor % 1 === 0.25 ? 2 : 1).slice(0, String(Math.trunc(factor)).length + 2)
}

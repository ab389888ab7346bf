/**
 * The door of this folder. An environment declares variables, types and libraries; it compiles expressions to programs,
 * and a program evaluates with a budget. Nothing here waits, reads a clock or throws anything but defects: what is
 * wrong with an expression, and what an evaluation failed with, are answers.
 *
 * `createKubernetesEnvironment` (library/kubernetes/environment.ts) is what the API server's rules are compiled in.
 */
import { checkExpression, type Checked } from './check/checker.ts'
import { estimateCost, type KnownSizes } from './check/estimate-cost.ts'
import { checkLiterals } from './check/literal-checks.ts'
import type { Names } from './check/scope.ts'
import { compileExpression, type Compiled } from './evaluate/compile.ts'
import { Frame, type Activation } from './evaluate/frame.ts'
import type { Library } from './library/library.ts'
import { STANDARD } from './library/standard/standard.ts'
import { NOWHERE, Source, type Issue } from './source.ts'
import { mentions } from './syntax/expression.ts'
import { indexMacros, type Macros } from './syntax/macros.ts'
import { parseExpression } from './syntax/parser.ts'
import type { Range } from './types/call-cost.ts'
import { EMPTY, STRUCT_ENTRY } from './messages/well-known.ts'
import { mergeFunctions } from './types/declarations.ts'
import { declaredType, objectTypesIn, type DeclaredType } from './types/declared-type.ts'
import { DYN, type Type } from './types/type.ts'
import { CostLimitError, EvaluationError, UnknownError } from './values/evaluation-error.ts'
import type { Value } from './values/value.ts'
import { paidBy } from './values/work.ts'

export interface EnvironmentOptions {
  /** A plain type, or a declared one, which gives sizes for the cost estimate too. */
  readonly variables?: Readonly<Record<string, Type | DeclaredType>>
  /** Object types that expressions may name, besides those of the variables. */
  readonly types?: readonly DeclaredType[]
  /** Besides the standard library. */
  readonly libraries?: readonly Library[]
  /** Namespace in which names are looked up first. */
  readonly container?: string
  /** Comparison of ints with doubles and uints needs no conversion. Default true. */
  readonly comparesAcrossTypes?: boolean
  /**
   * Constant parts are worked out when the expression is compiled. They cost nothing then, and one that always fails
   * is a problem of the expression, also if it would never be evaluated.
   */
  readonly foldsConstants?: boolean
  /**
   * Literals are checked when the expression is compiled: durations, timestamps, patterns and formats can be read, and
   * lists and maps have elements of one type.
   */
  readonly checksLiterals?: boolean
  /** `1.?x` is none, as nothing has been found there (cel-go without EnableErrorOnBadPresenceTest); else it fails. */
  readonly isLenient?: boolean
  /**
   * Maps are made with keys of any kind, and the last of equal ones counts (cel-go); else their keys are of the four
   * kinds of the language's definition, and each is there once.
   */
  readonly takesAnyKeys?: boolean
  /** Fields may be named between backticks (cel-go's EnableIdentifierEscapeSyntax). Default true. */
  readonly hasEscapedNames?: boolean
  /** What is joined with a null after it is null (cel-go); else it keeps its type, where that takes null. */
  readonly joinsToNull?: boolean
}

export interface CompileOptions {
  /** False: names are resolved, but types are not checked; what does not fit fails when it is evaluated. */
  readonly isChecked?: boolean
}

export interface Problem {
  /** `syntax` and `type` name places in the expression; `program`: a constant part of it always fails. */
  readonly kind: 'syntax' | 'type' | 'program'
  /** All issues, as cel-go prints them. */
  readonly message: string
  readonly issues: readonly Issue[]
  /** Of a `program`, as types have been checked then. */
  readonly resultType?: Type
  mentions?(name: string): boolean
}

export type CompileResult =
  | { readonly program: Program; readonly problem?: undefined }
  | { readonly program?: undefined; readonly problem: Problem }

export interface EvaluateOptions {
  /** Charged operations after which the evaluation ends with an error. Default: no limit. */
  readonly costLimit?: number
}

export interface EvaluationFailure {
  readonly message: string
  readonly isCostLimit: boolean
}

/** One of `value`, `error` and `unknown` is set. */
export interface Evaluation {
  readonly value?: Value
  readonly error?: EvaluationFailure
  /** The value depends on these variables, which were marked unknown. */
  readonly unknown?: readonly string[]
  readonly cost: number
}

export class Program {
  readonly #compiled: Compiled
  readonly #checked: Checked
  readonly #known: KnownSizes
  readonly resultType: Type

  constructor(compiled: Compiled, checked: Checked, known: KnownSizes, resultType: Type) {
    this.#compiled = compiled
    this.#checked = checked
    this.#known = known
    this.resultType = resultType
  }

  /** Whether it uses a variable, or has one of its own, by that name. */
  mentions(name: string): boolean {
    return mentions(this.#checked.expression, name)
  }

  /** What an evaluation can cost, from the sizes that declared types allow. */
  estimateCost(): Range {
    return estimateCost(this.#checked, this.#known)
  }

  evaluate(activation: Activation, { costLimit = Number.POSITIVE_INFINITY }: EvaluateOptions = {}): Evaluation {
    const frame = new Frame(activation, this.#compiled.slots, costLimit)
    try {
      const value = paidBy(frame, () => this.#compiled.step(frame))
      return { value, cost: frame.cost }
    } catch (error) {
      const { cost } = frame
      if (error instanceof EvaluationError) return { error: { message: error.message, isCostLimit: false }, cost }
      if (error instanceof CostLimitError) return { error: { message: error.message, isCostLimit: true }, cost }
      if (error instanceof UnknownError) return { unknown: error.names, cost }
      throw error
    }
  }
}

/** Messages that have a type of their own at run time. */
const MESSAGE_NAMES = [EMPTY, STRUCT_ENTRY].map(({ name, type }) => [name, type] as const)

/** What libraries come to: worked out once for all environments that extend one. */
interface Vocabulary {
  readonly macros: Macros
  readonly functions: Names['functions']
  readonly typeNames: Names['typeNames']
  readonly sizes: KnownSizes['sizes']
  readonly patterns: ReadonlyMap<string, (pattern: string) => void>
}

function vocabularyOf({ libraries: more = [], comparesAcrossTypes = true }: EnvironmentOptions): Vocabulary {
  const libraries = [STANDARD, ...more]
  return {
    macros: indexMacros(libraries.flatMap(({ macros = [] }) => macros)),
    functions: functionsOf(libraries, comparesAcrossTypes),
    typeNames: new Map([...libraries.flatMap(({ types = [] }) => types), ...MESSAGE_NAMES]),
    sizes: new Map(libraries.flatMap(({ sizes = [] }) => sizes)),
    patterns: new Map(libraries.flatMap(({ patterns = [] }) => patterns)),
  }
}

export class Environment {
  readonly #options: EnvironmentOptions
  readonly #vocabulary: Vocabulary
  readonly #names: Names
  readonly #declared: ReadonlyMap<string, DeclaredType>
  readonly #known: KnownSizes

  constructor(options: EnvironmentOptions, vocabulary = vocabularyOf(options)) {
    this.#options = options
    this.#vocabulary = vocabulary
    const variables = Object.entries(options.variables ?? {})
    const declared = variables.map(([name, given]): [string, DeclaredType] => [
      name,
      isDeclared(given) ? given : declaredType(given),
    ])
    this.#declared = new Map(declared)
    this.#known = {
      variables: new Map(variables.flatMap(([name, given]) => (isDeclared(given) ? [[name, given] as const] : []))),
      sizes: vocabulary.sizes,
    }
    const objects = [...declared.map(([, type]) => type), ...(options.types ?? [])].map(objectTypesIn)
    this.#names = {
      container: options.container ?? '',
      variables: new Map(declared.map(([name, { type }]) => [name, type])),
      typeNames: vocabulary.typeNames,
      objects: new Map(objects.flatMap((found) => [...found])),
      hasDeclaredTypes: this.#known.variables.size > 0 || (options.types ?? []).length > 0,
      functions: vocabulary.functions,
      joinsToNull: options.joinsToNull === true,
    }
  }

  /** An environment with more variables, types and libraries. Without more libraries it costs next to nothing. */
  extend(options: Pick<EnvironmentOptions, 'variables' | 'types' | 'libraries'>): Environment {
    const { variables, types = [], libraries = [] } = this.#options
    const extended = {
      ...this.#options,
      variables: { ...variables, ...options.variables },
      types: [...types, ...(options.types ?? [])],
      libraries: [...libraries, ...(options.libraries ?? [])],
    }
    return options.libraries === undefined ? new Environment(extended, this.#vocabulary) : new Environment(extended)
  }

  compile(text: string, { isChecked = true }: CompileOptions = {}): CompileResult {
    const source = new Source(text)
    const failed = (kind: Problem['kind'], issues: readonly Issue[]): CompileResult => ({
      problem: { kind, message: source.format(issues), issues },
    })
    const { hasEscapedNames = true } = this.#options
    const parsed = parseExpression(source, { macros: this.#vocabulary.macros, hasEscapedNames })
    if (parsed.issues.length > 0) return failed('syntax', parsed.issues)
    const checked = checkExpression(parsed.expression, this.#names)
    if (isChecked && checked.issues.length > 0) return failed('type', checked.issues)
    const checksLiterals = isChecked && this.#options.checksLiterals === true
    const literals = checksLiterals ? checkLiterals(checked, this.#vocabulary.patterns) : []
    if (literals.length > 0) return failed('type', literals)
    return this.#program(checked, isChecked)
  }

  #program(checked: Checked, isChecked: boolean): CompileResult {
    const type = checked.types.get(checked.expression.id)
    const [names, declared, patterns] = [this.#names, this.#declared, this.#vocabulary.patterns]
    const { foldsConstants = false, isLenient = false, takesAnyKeys = false } = this.#options
    try {
      const options = { names, declared, patterns, isChecked, foldsConstants, isLenient, takesAnyKeys }
      const compiled = compileExpression(checked, options)
      return { program: new Program(compiled, checked, this.#known, type ?? DYN) }
    } catch (error) {
      if (!(error instanceof EvaluationError || error instanceof CostLimitError)) throw error
      const message = `program instantiation failed: ${error.message}`
      const problem: Problem = {
        kind: 'program',
        message,
        issues: [{ offset: NOWHERE, message }],
        resultType: type ?? DYN,
        mentions: (name) => mentions(checked.expression, name),
      }
      return { problem }
    }
  }
}

function isDeclared(given: Type | DeclaredType): given is DeclaredType {
  return 'type' in given
}

const COMPARISONS = new Set(['_<_', '_<=_', '_>_', '_>=_'])

function functionsOf(libraries: readonly Library[], comparesAcrossTypes: boolean): Names['functions'] {
  const declared = libraries.flatMap(({ functions }) => functions)
  if (comparesAcrossTypes) return mergeFunctions(declared)
  const restricted = declared.map(({ name, overloads }) => ({
    name,
    overloads: COMPARISONS.has(name)
      ? overloads.filter(({ args: [one, other] }) => one?.kind === other?.kind)
      : overloads,
  }))
  return mergeFunctions(restricted)
}

export function createEnvironment(options: EnvironmentOptions = {}): Environment {
  return new Environment(options)
}

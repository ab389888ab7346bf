/**
 * Macros: calls that the parser replaces. Quantifiers absorb errors as `&&` and `||` do, which falls out of the
 * comprehensions they expand to (cel-spec doc/langdef.md, cel-go parser/macro.go and ext/comprehensions.go).
 */
import { ACCUMULATOR, OLD_ACCUMULATOR, type Expression } from './expression.ts'
import type { ExpressionFactory, Fold } from './expression-factory.ts'
import { MacroError } from './macro-error.ts'

export interface Macro {
  readonly name: string
  /** Number of arguments; -1: any. */
  readonly arity: number
  readonly isMember: boolean
  /** Undefined: this call is an ordinary one after all. Throws `MacroError`. */
  expand(make: ExpressionFactory, target: Expression | undefined, args: readonly Expression[]): Expression | undefined
}

/** By name, kind of call and number of arguments. */
export type Macros = ReadonlyMap<string, Macro>

function macroKey(name: string, arity: number, isMember: boolean): string {
  return `${isMember ? 'member' : 'global'} ${name}/${String(arity)}`
}

export function indexMacros(macros: Iterable<Macro>): Macros {
  return new Map([...macros].map((macro) => [macroKey(macro.name, macro.arity, macro.isMember), macro]))
}

/** What a call is replaced by; undefined: it is an ordinary one. Throws `MacroError`. */
export function expandMacro(
  macros: Macros,
  make: ExpressionFactory,
  name: string,
  target: Expression | undefined,
  args: readonly Expression[],
): Expression | undefined {
  const isMember = target !== undefined
  const macro = macros.get(macroKey(name, args.length, isMember)) ?? macros.get(macroKey(name, -1, isMember))
  return macro?.expand(make, target, args)
}

type Variables = Pick<Fold, 'range' | 'variable' | 'secondVariable'>
/** What a macro makes of its variables and the arguments after them. */
type Body = (make: ExpressionFactory, variables: Variables, args: readonly Expression[]) => Expression

const NO_ARGUMENT: Expression = { kind: 'literal', id: 0, offset: 0, value: null }
export const argumentAt = (args: readonly Expression[], index: number): Expression => args[index] ?? NO_ARGUMENT

function variableName(given: Expression, problem: string): string {
  if (given.kind !== 'identifier') throw new MacroError(problem, given.offset)
  if (given.name === ACCUMULATOR || given.name === OLD_ACCUMULATOR) {
    throw new MacroError('iteration variable overwrites accumulator variable', given.offset)
  }
  return given.name
}

const SIMPLE_NAME = 'argument must be a simple name'
const NOT_AN_IDENTIFIER = 'argument is not an identifier'

/** `range.name(variable, …)` with `rest` further arguments. */
function oneVariable(name: string, rest: number, problem: string, body: Body): Macro {
  return {
    name,
    arity: rest + 1,
    isMember: true,
    expand: (make, target, args) => {
      const variable = variableName(argumentAt(args, 0), problem)
      return body(make, { range: target ?? NO_ARGUMENT, variable }, args.slice(1))
    },
  }
}

/** `range.name(index or key, element or value, …)` */
function twoVariables(name: string, rest: number, body: Body): Macro {
  return {
    name,
    arity: rest + 2,
    isMember: true,
    expand: (make, target, args) => {
      const [first, second] = [argumentAt(args, 0), argumentAt(args, 1)]
      const named = [first, second].find((argument) => argument.kind !== 'identifier')
      if (named !== undefined) throw new MacroError(SIMPLE_NAME, named.offset)
      if (first.kind === 'identifier' && second.kind === 'identifier' && first.name === second.name) {
        throw new MacroError(`duplicate variable name: ${first.name}`, second.offset)
      }
      const variable = variableName(first, SIMPLE_NAME)
      const secondVariable = variableName(second, SIMPLE_NAME)
      return body(make, { range: target ?? NO_ARGUMENT, variable, secondVariable }, args.slice(2))
    },
  }
}

const all: Body = (make, variables, [predicate = NO_ARGUMENT]) =>
  make.fold({
    ...variables,
    initial: make.literal(true),
    condition: make.call('@not_strictly_false', make.accumulator()),
    step: make.call('_&&_', make.accumulator(), predicate),
    result: make.accumulator(),
  })

const exists: Body = (make, variables, [predicate = NO_ARGUMENT]) =>
  make.fold({
    ...variables,
    initial: make.literal(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.accumulator())),
    step: make.call('_||_', make.accumulator(), predicate),
    result: make.accumulator(),
  })

const existsOne: Body = (make, variables, [predicate = NO_ARGUMENT]) =>
  make.fold({
    ...variables,
    initial: make.literal(0),
    condition: make.literal(true),
    step: make.call('_?_:_', predicate, make.call('_+_', make.accumulator(), make.literal(1)), make.accumulator()),
    result: make.call('_==_', make.accumulator(), make.literal(1)),
  })

/** A comprehension that visits everything; `filter` leaves the accumulator as it is. */
function gather(
  make: ExpressionFactory,
  variables: Variables,
  initial: Expression,
  step: Expression,
  filter?: Expression,
): Expression {
  const steps = filter === undefined ? step : make.call('_?_:_', filter, step, make.accumulator())
  return make.fold({ ...variables, initial, condition: make.literal(true), step: steps, result: make.accumulator() })
}

/** The last argument transforms, one before it filters. */
const toList: Body = (make, variables, args) => {
  const step = make.call('_+_', make.accumulator(), make.list([argumentAt(args, args.length - 1)]))
  return gather(make, variables, make.list(), step, args.length > 1 ? args[0] : undefined)
}

const filter: Body = (make, variables, [predicate = NO_ARGUMENT]) => {
  const step = make.call('_+_', make.accumulator(), make.list([make.identifier(variables.variable)]))
  return gather(make, variables, make.list(), step, predicate)
}

const toMap: Body = (make, variables, args) => {
  const value = argumentAt(args, args.length - 1)
  const step = make.call('cel.@mapInsert', make.accumulator(), make.identifier(variables.variable), value)
  return gather(make, variables, make.map(), step, args.length > 1 ? args[0] : undefined)
}

const toMapEntries: Body = (make, variables, args) => {
  const step = make.call('cel.@mapInsert', make.accumulator(), argumentAt(args, args.length - 1))
  return gather(make, variables, make.map(), step, args.length > 1 ? args[0] : undefined)
}

const has: Macro = {
  name: 'has',
  arity: 1,
  isMember: false,
  expand: (make, _target, [argument = NO_ARGUMENT]) => {
    if (argument.kind !== 'select') throw new MacroError('invalid argument to has() macro', argument.offset)
    return make.select(argument.operand, argument.field, true)
  },
}

export const STANDARD_MACROS: readonly Macro[] = [
  has,
  oneVariable('all', 1, SIMPLE_NAME, all),
  oneVariable('exists', 1, SIMPLE_NAME, exists),
  oneVariable('exists_one', 1, SIMPLE_NAME, existsOne),
  oneVariable('map', 1, NOT_AN_IDENTIFIER, toList),
  oneVariable('map', 2, NOT_AN_IDENTIFIER, toList),
  oneVariable('filter', 1, NOT_AN_IDENTIFIER, filter),
]

/** A younger name, which the API server's rules do not have. */
export const EXISTS_ONE: Macro = oneVariable('existsOne', 1, SIMPLE_NAME, existsOne)

export const TWO_VARIABLE_MACROS: readonly Macro[] = [
  twoVariables('all', 1, all),
  twoVariables('exists', 1, exists),
  twoVariables('existsOne', 1, existsOne),
  twoVariables('exists_one', 1, existsOne),
  twoVariables('transformList', 1, toList),
  twoVariables('transformList', 2, toList),
  twoVariables('transformMap', 1, toMap),
  twoVariables('transformMap', 2, toMap),
  twoVariables('transformMapEntry', 1, toMapEntries),
  twoVariables('transformMapEntry', 2, toMapEntries),
]

/** `list.sortBy(e, key)`: the list sorted by the list of keys that `map` makes of it. */
export const SORT_BY: Macro = {
  name: 'sortBy',
  arity: 2,
  isMember: true,
  expand: (make, target = NO_ARGUMENT, args) => {
    if (!['list', 'select', 'identifier', 'comprehension', 'call'].includes(target.kind)) {
      const problem = 'sortBy can only be applied to a list, identifier, comprehension, call or select expression'
      throw new MacroError(problem, target.offset)
    }
    const input = '@__sortBy_input__'
    const variable = variableName(argumentAt(args, 0), NOT_AN_IDENTIFIER)
    const keys = toList(make, { range: make.identifier(input), variable }, args.slice(1))
    return make.binding(input, target, make.memberCall('@sortByAssociatedKeys', make.identifier(input), keys))
  },
}

/** `cel.bind(name, value, expression)` */
export const BIND: Macro = {
  name: 'bind',
  arity: 3,
  isMember: true,
  expand: (make, target, args) => {
    if (target?.kind !== 'identifier' || target.name !== 'cel') return undefined
    const [name, value, result] = [argumentAt(args, 0), argumentAt(args, 1), argumentAt(args, 2)]
    if (name.kind !== 'identifier') {
      throw new MacroError('cel.bind() variable names must be simple identifiers', name.offset)
    }
    return make.binding(name.name, value, result)
  },
}

/** `target.name(variable, expression)`: the expression of the content, if there is one. */
function optionalMacro(name: string, wrap: (make: ExpressionFactory, value: Expression) => Expression): Macro {
  return {
    name,
    arity: 2,
    isMember: true,
    expand: (make, target = NO_ARGUMENT, args) => {
      const [variable, result] = [argumentAt(args, 0), argumentAt(args, 1)]
      if (variable.kind !== 'identifier') {
        throw new MacroError(`${name}() variable name must be a simple identifier`, variable.offset)
      }
      const content = make.memberCall('value', make.copy(target))
      const mapped = wrap(make, make.binding(variable.name, content, result))
      return make.call('_?_:_', make.memberCall('hasValue', target), mapped, make.call('optional.none'))
    },
  }
}

export const OPTIONAL_MACROS: readonly Macro[] = [
  optionalMacro('optMap', (make, value) => make.call('optional.of', value)),
  optionalMacro('optFlatMap', (_make, value) => value),
]

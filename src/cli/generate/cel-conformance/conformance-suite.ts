/**
 * The conformance tests of the Common Expression Language (package @bufbuild/cel-spec) against src/cel. A test is about
 * messages or enums of protocol buffers when its expression or its bindings use one; of those src/cel has the
 * well-known ones alone, since objects of Kubernetes are JSON. All other tests must pass.
 */
import { tests as suite } from '@bufbuild/cel-spec/testdata/conformance.js'
import type { SerializedIncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js'
import { createEnvironment, type Environment } from '../../../cel/environment.ts'
import { ENCODERS } from '../../../cel/library/extensions/encoders.ts'
import { LISTS } from '../../../cel/library/extensions/lists.ts'
import { MATH } from '../../../cel/library/extensions/math.ts'
import { BINDINGS, OPTIONALS, TWO_VARIABLE_COMPREHENSIONS } from '../../../cel/library/extensions/optionals.ts'
import { SETS } from '../../../cel/library/extensions/sets.ts'
import { STRING_REVERSAL, STRINGS } from '../../../cel/library/extensions/strings.ts'
import type { Library } from '../../../cel/library/library.ts'
import { MILLISECONDS_OF_SECOND } from '../../../cel/library/standard/time.ts'
import { EXISTS_ONE } from '../../../cel/syntax/macros.ts'
import { declareFunction, member, overload } from '../../../cel/types/declarations.ts'
import { formatType, isSameType, type Type } from '../../../cel/types/type.ts'
import { areEqual } from '../../../cel/values/equality.ts'
import { DoubleValue, type Value } from '../../../cel/values/value.ts'
import { BLOCK } from './block-library.ts'
import { typeFrom, valueOf, type Json } from './test-values.ts'

interface ConformanceTest {
  readonly name: string
  readonly expr: string
  readonly container?: string
  readonly typeEnv?: readonly { readonly name: string; readonly ident?: Json; readonly function?: Json }[]
  readonly bindings?: Readonly<Record<string, { readonly value: Json }>>
  readonly disableCheck?: boolean
  readonly checkOnly?: boolean
  readonly value?: Json
  readonly evalError?: Json
  readonly typedResult?: { readonly result?: Json; readonly deducedType?: Json }
}

export interface TestOutcome {
  readonly file: string
  readonly name: string
  readonly expression: string
  readonly usesMessages: boolean
  /** Undefined: passed. */
  readonly failure: string | undefined
}

const MESSAGE = /TestAllTypes|NestedTestAllTypes|GlobalEnum|NestedEnum|cel\.expr\.|proto\.|proto2|proto3/

function usesMessages({ expr, container = '', typeEnv = [], bindings = {}, value, typedResult }: ConformanceTest) {
  const inputs = JSON.stringify([expr, container, typeEnv, bindings])
  const outputs = JSON.stringify([value ?? {}, typedResult ?? {}])
  const hasMessage = /"@type":"(?!.*(Timestamp|Duration)")/.test(outputs)
  return MESSAGE.test(inputs) || /enumValue/.test(inputs + outputs) || hasMessage
}

/** What the language definition has and the API server has not. */
const DEFINITION: Library = { macros: [EXISTS_ONE], functions: [MILLISECONDS_OF_SECOND] }

const LIBRARIES = [
  DEFINITION, STRINGS, STRING_REVERSAL, LISTS, SETS, MATH, ENCODERS, OPTIONALS, BINDINGS, TWO_VARIABLE_COMPREHENSIONS,
  BLOCK,
]

function environmentOf({ container = '', typeEnv = [] }: ConformanceTest): Environment {
  const variables = typeEnv.flatMap(({ name, ident }) =>
    ident === undefined ? [] : [[name, typeFrom((ident['type'] ?? {}) as Json)] as const],
  )
  const functions = typeEnv.flatMap(({ name, function: declared }) => {
    const overloads = (declared?.['overloads'] ?? []) as readonly Json[]
    return overloads.length === 0 ? [] : [declareFunction(name, ...overloads.map(overloadOf))]
  })
  return createEnvironment({
    container,
    variables: Object.fromEntries(variables),
    libraries: [...LIBRARIES, { functions }],
  })
}

function overloadOf(declared: Json) {
  const id = String(declared['overloadId'])
  const params = ((declared['params'] ?? []) as readonly Json[]).map(typeFrom)
  const result = typeFrom((declared['resultType'] ?? {}) as Json)
  const unbound = (): Value => {
    throw new Error('declared for the type checker only')
  }
  return declared['isInstanceFunction'] === true ? member(id, params, result, unbound) : overload(id, params, result)
}

function failureOf(test: ConformanceTest): string | undefined {
  const compiled = environmentOf(test).compile(test.expr, { isChecked: test.disableCheck !== true })
  if (compiled.program === undefined) {
    return test.evalError === undefined ? `does not compile: ${compiled.problem.message}` : undefined
  }
  const expectedType = test.typedResult?.deducedType
  const { resultType } = compiled.program
  const typeFailure = expectedType === undefined ? undefined : typeMismatch(typeFrom(expectedType), resultType)
  if (test.checkOnly === true || typeFailure !== undefined) return typeFailure
  const bindings = Object.entries(test.bindings ?? {}).map(([name, { value }]) => [name, valueOf(value)] as const)
  const { value, error } = compiled.program.evaluate(Object.fromEntries(bindings))
  if (test.evalError !== undefined) return error === undefined ? `has a value: ${show(value)}` : undefined
  if (value === undefined) return `fails: ${error?.message ?? 'unknown'}`
  const expected = valueOf(test.value ?? test.typedResult?.result ?? { boolValue: true })
  return isSameValue(expected, value) ? undefined : `expected ${show(expected)}, is ${show(value)}`
}

function typeMismatch(expected: Type, actual: Type): string | undefined {
  return isSameType(expected, actual) ? undefined : `expected type ${formatType(expected)}, is ${formatType(actual)}`
}

/** Values are equal also by their kinds, and a NaN is what was expected. */
function isSameValue(expected: Value, actual: Value): boolean {
  if (expected instanceof DoubleValue && actual instanceof DoubleValue && Number.isNaN(expected.value)) {
    return Number.isNaN(actual.value)
  }
  const isOneKind = typeof expected === typeof actual && expected?.constructor === actual?.constructor
  return areEqual(expected, actual) && (isOneKind || typeof expected === 'object')
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? 'nothing'
}

function* testsIn(given: SerializedIncrementalTestSuite, path: readonly string[]): Iterable<[string, ConformanceTest]> {
  for (const { original } of given.tests ?? []) {
    const test = original as unknown as ConformanceTest
    yield [[...path, test.name].join('/'), test]
  }
  for (const inner of given.suites ?? []) yield* testsIn(inner, [...path, inner.name])
}

/** Every test of the data, in its order. */
export function conformanceOutcomes(): TestOutcome[] {
  return [...testsIn(suite, [])].map(([name, test]) => {
    const isAboutMessages = usesMessages(test)
    return {
      file: name.split('/')[0] ?? '',
      name,
      expression: test.expr,
      usesMessages: isAboutMessages,
      failure: isAboutMessages ? undefined : failureOf(test),
    }
  })
}

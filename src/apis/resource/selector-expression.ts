/**
 * What the expressions of device selectors are compiled in, and what is said of those that do not compile.
 * Upstream: kubernetes/kubernetes staging/src/k8s.io/dynamic-resource-allocation/cel/compile.go, as of 1.36 with its
 * default features (DRAConsumableCapacity on, DRAListTypeAttributes off).
 */
import { forbidden, internalFieldError, invalid, type FieldError } from '../../apimachinery/field-path.ts'
import type { CompileResult, Environment } from '../../cel/environment.ts'
import { BINDINGS } from '../../cel/library/extensions/optionals.ts'
import { declaredMap, declaredObject, type DeclaredType } from '../../cel/types/declared-type.ts'
import { ANY, BOOL, STRING, formatType, objectType } from '../../cel/types/type.ts'
import { celEnvironment } from '../cel-environment.ts'

const MAX_COST = 1_000_000
const MAX_ENTRIES = 32
/** The last may be an attribute, whose type is known only when there is one. */
const RESULTS: readonly string[] = ['bool', 'any']

const text = (maxSize: number): DeclaredType => ({ type: STRING, maxSize })

/** By domain, then by name. */
function byQualifiedName(value: DeclaredType, named?: DeclaredType): DeclaredType {
  const inner = { ...declaredMap(value, { maxSize: MAX_ENTRIES }), key: text(32), ...(named && { named }) }
  return { ...declaredMap(inner, { maxSize: MAX_ENTRIES }), key: text(63) }
}

function declaredDevice(): DeclaredType {
  const attribute = { type: ANY, maxSize: 64 }
  const fields: Readonly<Record<string, DeclaredType>> = {
    driver: text(63),
    attributes: byQualifiedName(attribute, attribute),
    capacity: byQualifiedName({ type: objectType('kubernetes.Quantity') }),
    allowMultipleAllocations: { type: BOOL, maxSize: 1 },
  }
  return declaredObject(
    'kubernetes.DRADevice',
    Object.entries(fields).map(([name, type]) => [name, { property: name, type }]),
  )
}

let environment: Environment | undefined

export function compileSelector(expression: string): CompileResult {
  environment ??= celEnvironment().extend({ variables: { device: declaredDevice() }, libraries: [BINDINGS] })
  return environment.compile(expression)
}

export function validateExpression(expression: string, at: string): FieldError[] {
  const { program, problem } = compileSelector(expression)
  if (problem?.kind === 'program') return [internalFieldError(at, problem.message)]
  if (problem !== undefined) return [invalid(at, expression, `compilation failed: ${problem.message}`)]
  const result = formatType(program.resultType)
  if (!RESULTS.includes(result)) {
    return [invalid(at, expression, `must evaluate to bool or the unknown type, not ${result}`)]
  }
  return program.estimateCost().max > MAX_COST ? [forbidden(at, 'too complex, exceeds cost limit')] : []
}

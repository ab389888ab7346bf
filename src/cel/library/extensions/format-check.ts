/**
 * Checks `'…'.format([…])` when both are literals: whether there are as many arguments as verbs, of types that they take
 * (cel-go ext/formatting.go).
 */
import type { Issue } from '../../source.ts'
import type { Call, Expression } from '../../syntax/expression.ts'
import type { Type } from '../../types/type.ts'
import { CLAUSE, VERBS } from './format-string.ts'

type TypeOf = (node: Expression) => Type

export function checkFormat(call: Call, typeOf: TypeOf): Issue | undefined {
  const [list] = call.args
  const { target } = call
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return undefined
  let used = 0
  for (const [whole, , verb = ''] of target.value.matchAll(new RegExp(CLAUSE, 'gsu'))) {
    if (whole === '%%') continue
    const arg = list.elements[used]
    if (verb === '') return { offset: call.offset, message: 'unexpected end of string' }
    if (arg === undefined) return { offset: call.offset, message: `index ${String(used)} out of range` }
    const issue = checkClause(call, verb, arg, typeOf)
    if (issue !== undefined) return issue
    used += 1
  }
  const given = list.elements.length
  if (given <= used) return undefined
  const counts = `(expected ${String(used)}, got ${String(given)})`
  return { offset: call.offset, message: `too many arguments supplied to string.format ${counts}` }
}

function checkClause(call: Call, verb: string, arg: Expression, typeOf: TypeOf): Issue | undefined {
  const known = VERBS.get(verb)
  if (known === undefined) {
    const message = `could not parse formatting clause: unrecognized formatting clause "${verb}"`
    return { offset: call.offset, message }
  }
  const wrong = verb === 's' ? unprintable(arg, typeOf) : isTaken(verb, typeOf(arg)) ? undefined : arg
  if (wrong === undefined) return undefined
  return { offset: wrong.offset, message: `error during formatting: ${known.problem} ${typeOf(wrong).name}` }
}

function isTaken(verb: string, { kind }: Type): boolean {
  return kind === 'dyn' || VERBS.get(verb)?.kinds.includes(kind) === true
}

/** The part of a literal that `%s` cannot print. */
function unprintable(node: Expression, typeOf: TypeOf): Expression | undefined {
  if (!isTaken('s', typeOf(node))) return node
  const parts =
    node.kind === 'list' ? node.elements : node.kind === 'map' ? node.entries.flatMap(({ key, value }) => [key, value]) : []
  for (const part of parts) {
    const found = unprintable(part, typeOf)
    if (found !== undefined) return found
  }
  return undefined
}

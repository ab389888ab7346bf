/** Values of YAML as Go's `%#v` prints them, with keys of all kinds; for messages only. */
import { goFloat } from '../../../lib/go-number.ts'
import { MAX_INT64 } from '../../../lib/exact-json.ts'
import { quote } from '../../field-path.ts'
import { isMerge, type Node } from './parser.ts'
import type { Resolved } from './resolve.ts'

const NUMBERS: Readonly<Record<string, string>> = { Infinity: '+Inf', '-Infinity': '-Inf', NaN: 'NaN' }

export function goSyntax(node: Node, scalarOf: (node: Node) => Resolved, isInside = false): string {
  const inside = (inner: Node): string => goSyntax(inner, scalarOf, true)
  const { kind, children } = node
  if (kind === 'alias') return children.map((target) => goSyntax(target, scalarOf, isInside)).join('')
  if (kind === 'list') return `[]interface {}{${children.map(inside).join(', ')}}`
  if (kind === 'scalar') return scalarSyntax(scalarOf(node), isInside)
  const entries = new Map<string, Entry>()
  addEntries(node, entries, scalarOf)
  const sorted = [...entries.values()].toSorted((left, right) => compareKeys(left.key, right.key))
  return `map[interface {}]interface {}{${sorted.map(({ text }) => text).join(', ')}}`
}

function addEntries({ kind, children }: Node, to: Map<string, Entry>, scalarOf: (node: Node) => Resolved): void {
  if (kind === 'alias' || kind === 'list') {
    for (const inner of children.toReversed()) addEntries(inner, to, scalarOf)
    return
  }
  for (const [at, value] of children.entries()) {
    const key = children[at - 1]
    if (at % 2 === 0 || key === undefined) continue
    if (isMerge(key)) addEntries(value, to, scalarOf)
    else {
      const [told, said] = [goSyntax(key, scalarOf, true), keyOf(key, scalarOf)]
      to.set(`${said.tag} ${told}`, { key: said, text: `${told}:${goSyntax(value, scalarOf, true)}` })
    }
  }
}

interface Entry {
  readonly key: Resolved
  readonly text: string
}

function keyOf(node: Node, scalarOf: (node: Node) => Resolved): Resolved {
  const [target = node] = node.kind === 'alias' ? node.children : []
  return target.kind === 'alias' ? keyOf(target, scalarOf) : scalarOf(target)
}

/** Go sorts by type first; in which order is a matter of how it was built, but no key comes before all others. */
function compareKeys(left: Resolved, right: Resolved): number {
  const byType = typeRank(left) - typeRank(right)
  if (byType !== 0) return byType
  if (Number.isNaN(left.value)) return -1
  return left.value === right.value ? 0 : (left.value ?? '') < (right.value ?? '') ? -1 : 1
}

function typeRank({ tag, value }: Resolved): number {
  if (value === null) return 0
  if (typeof value === 'string') return 1
  if (typeof value === 'boolean') return 5
  return tag === 'float' ? 4 : value > MAX_INT64 ? 2 : 3
}

function scalarSyntax({ tag, value }: Resolved, isInside: boolean): string {
  if (value === null) return isInside ? 'interface {}(nil)' : '<nil>'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean') return String(value)
  if (tag === 'float') return NUMBERS[String(value)] ?? goFloat(Number(value))
  // What only fits without a sign.
  return BigInt(value) > MAX_INT64 ? `0x${BigInt(value).toString(16)}` : String(value)
}

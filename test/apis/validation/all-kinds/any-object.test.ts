/**
 * Whatever is sent of a built-in kind, it is judged: nothing throws on the way through decoding, defaults, strategy,
 * validation and warnings, by any endpoint. Objects are made from the schema by a tape of choices, so that fast-check
 * makes a failing one small.
 */
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { DecodeError } from '../../../../src/apimachinery/schema/decode-error.ts'
import type { SchemaNode, StructNode } from '../../../../src/apimachinery/schema/schema.ts'
import { KINDS, UNSERVED_KINDS } from '../../../../src/apis/kinds.ts'
import { schema } from '../../../../src/apis/schema.ts'
import { Subject } from '../given-want.ts'

const MAX_DEPTH = 9
const TEXTS = ['', 'a', 'A_b', '-', 'a.example/b', 'a/b/c', '10.0.0.1', 'fd00::/64', '*', '0', '25%', 'x'.repeat(70)]
const QUANTITIES = ['0', '1', '-1', '1500m', '1Gi', '1n']
const NUMBERS = [0, 1, -1, 70_000, 3]
const JSONS = [null, {}, [], 1, 'a', { a: 'b' }]

class Tape {
  readonly #choices: readonly number[]
  #place = 0

  constructor(choices: readonly number[]) {
    this.#choices = choices
  }

  next(): number {
    return this.#choices[this.#place++] ?? 0
  }

  of<T>(values: readonly T[]): T | undefined {
    return values[this.next() % values.length]
  }
}

function scalarOf(shape: string, tape: Tape): unknown {
  if (shape === 'boolean') return tape.next() % 2 === 1
  if (shape === 'int32' || shape === 'int64' || shape === 'double') return tape.of(NUMBERS)
  if (shape === 'time') return '2026-01-01T00:00:00Z'
  if (shape === 'microTime') return '2026-01-01T00:00:00.000000Z'
  if (shape === 'intOrString') return tape.of([...NUMBERS, ...TEXTS])
  if (shape === 'bytes') return tape.of(['', 'YQ=='])
  if (shape === 'quantity') return tape.of(QUANTITIES)
  return shape === 'any' ? tape.of(JSONS) : tape.of(TEXTS)
}

function valueOf(node: SchemaNode, tape: Tape, depth: number): unknown {
  if (node.kind === 'scalar') return scalarOf(node.shape, tape)
  if (depth === 0) return node.kind === 'list' ? [] : {}
  if (node.kind === 'struct') return structOf(node, tape, depth)
  const length = tape.next() % 3
  if (node.kind === 'list') return Array.from({ length }, () => valueOf(node.item, tape, depth - 1))
  return Object.fromEntries(
    Array.from({ length }, () => [tape.of(TEXTS) ?? '', valueOf(node.value, tape, depth - 1)]),
  )
}

/** Fields are there or not, or sent as null. */
function structOf(node: StructNode, tape: Tape, depth: number): object {
  return Object.fromEntries(
    [...node.fields.values()].flatMap((field) => {
      const choice = tape.next() % 8
      // What is at the top is there: it is all that there is.
      if (choice < 3 && depth < MAX_DEPTH) return []
      return [[field.name, choice === 3 ? null : valueOf(field.node, tape, depth - 1)]]
    }),
  )
}

function bodyOf(type: string, tape: Tape): object {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...body } = Object.fromEntries(
    Object.entries(structOf(schema.structOf(type), tape, MAX_DEPTH)),
  )
  return body
}

/** What cannot be decoded is refused before anybody judges it. */
function judge(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
  }
}

const DEFINITIONS = [...KINDS, ...UNSERVED_KINDS.map(({ definition }) => definition)]
/** Long enough to fill an object, and as often odd as even. */
const tapes = fc.noBias(fc.array(fc.nat({ max: 1000 }), { minLength: 400, maxLength: 1000 }))

describe('any object of a built-in kind is judged', () => {
  it.each(DEFINITIONS)('$group/$version $kind', ({ group, version, kind, type }) => {
    const subject = new Subject(group === '' ? version : `${group}/${version}`, kind)
    fc.assert(
      fc.property(tapes, tapes, (one, other) => {
        const [from, to] = [bodyOf(type, new Tape(one)), bodyOf(type, new Tape(other))]
        judge(() => subject.onCreate(to))
        judge(() => subject.onUpdate(from, to))
        judge(() => subject.onStatus(from, to))
        judge(() => subject.statusUpdated(from, to))
        judge(() => subject.warnings(to))
        judge(() => subject.warnings(to, from))
      }),
      { numRuns: 400 },
    )
  })
})

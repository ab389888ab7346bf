/**
 * Random definitions and random resources of them, through the real chain: each is taken or refused in upstream's ways,
 * nothing else; and what was taken is read back as it was answered, alone, in a list and as a table, is an update of
 * itself, can be patched, and can be deleted.
 */
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Answer } from './custom-world.ts'
import { CRD_PATH, CustomWorld, aDefinition, aVersion } from './custom-world.ts'

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
const RUNS = 200

type Fields = Record<string, unknown>

/** Most definitions are to be taken, so that what comes after is reached as well. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 14, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const name = fc.constantFrom('a', 'b', 'c')
const scalar = fc.constantFrom<unknown>(null, true, 0, 1, 1.5, -7, '', 'x', 'aaaa', '1h', '2026-01-01T00:00:00Z', '10%')
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(name, tie('any'), { maxKeys: 3 }),
  ),
})).any

/** True for most values, false for some, an error for others; some do not compile. */
const rules = fc.array(
  fc.record(
    {
      rule: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom('true', '1 == 1', 'dyn(1) == 1', 'type(self) != bool', '1 / 0 == 1') },
        { weight: 1, arbitrary: fc.constantFrom('size(self) < 3', 'has(self.a)', 'self.all(x, x != x)', 'self.nope',
          'self == oldSelf || true', '(') },
      ),
      messageExpression: rarely(fc.constantFrom(`'m'`, 'string(self)', `['a'][1]`)),
      fieldPath: rarely(fc.constantFrom('.a', `['b']`)),
      reason: rarely(fc.constantFrom('FieldValueForbidden', 'FieldValueRequired')),
      optionalOldSelf: rarely(fc.constant(true)),
    },
    { requiredKeys: ['rule'] },
  ),
  { minLength: 1, maxLength: 2 },
)

const COMMON = { nullable: rarely(fc.boolean()), default: rarely(value), 'x-kubernetes-validations': rarely(rules) }
const number = { minimum: rarely(fc.integer({ min: -9, max: 2 })), maximum: rarely(fc.integer({ min: 0, max: 9 })) }

const { object } = fc.letrec<{ schema: Fields; object: Fields }>((tie) => ({
  object: fc.record({
    ...COMMON,
    type: fc.constant('object'),
    properties: fc.dictionary(name, tie('schema'), { minKeys: 1, maxKeys: 3 }),
    required: rarely(fc.uniqueArray(name, { minLength: 1, maxLength: 2 })),
    oneOf: rarely(fc.constant([{ required: ['a'] }, { required: ['b'] }])),
    not: rarely(fc.constant({ required: ['c'] })),
    'x-kubernetes-map-type': rarely(fc.constantFrom('atomic', 'granular')),
    'x-kubernetes-preserve-unknown-fields': rarely(fc.constant(true)),
  }),
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      ...COMMON,
      type: fc.constant('string'),
      format: rarely(fc.constantFrom('date-time', 'duration', 'byte', 'ipv4', 'made-up')),
      pattern: rarely(fc.constantFrom('^a', '[', '^[a-z]*$')),
      enum: rarely(fc.constant(['x', '1h', ''])),
      maxLength: rarely(fc.integer({ min: -1, max: 5 })),
    }),
    fc.record({
      ...COMMON,
      ...number,
      type: fc.constantFrom('integer', 'number'),
      multipleOf: rarely(fc.constant(0.5)),
    }),
    fc.record({ ...COMMON, type: fc.constant('boolean') }),
    fc.record({ ...COMMON, 'x-kubernetes-int-or-string': fc.constant(true), pattern: rarely(fc.constant('%$')) }),
    fc.record({ ...COMMON, type: fc.constant('object'), additionalProperties: tie('schema') }),
    fc.record({
      ...COMMON,
      type: fc.constant('array'),
      items: tie('schema'),
      maxItems: rarely(fc.integer({ min: 0, max: 3 })),
      'x-kubernetes-list-type': rarely(fc.constantFrom('set', 'atomic')),
    }),
    fc.record({
      type: fc.constant('array'),
      items: fc.record({ type: fc.constant('object'), required: fc.constant(['a']),
        properties: fc.record({ a: fc.constant({ type: 'string' }), b: tie('schema') }) }),
      'x-kubernetes-list-type': fc.constant('map'),
      'x-kubernetes-list-map-keys': fc.constant(['a']),
    }),
    fc.record({ type: fc.constant('object'), 'x-kubernetes-embedded-resource': fc.constant(true),
      'x-kubernetes-preserve-unknown-fields': fc.constant(true) }),
    tie('object'),
  ),
}))

let world: CustomWorld
let made = 0

beforeAll(async () => {
  world = new CustomWorld()
  await world.api.ready
})

/** What is applied and does not fit the schema is an error of the server's, upstream's way. */
const MISFIT = /^failed to create typed patch object /

/** Refused for what was sent. */
function expectRefusal({ code, body }: Answer): void {
  const { message = '' } = body
  if (code === 500) expect(message).toMatch(MISFIT)
  else expect([400, 409, 422]).toContain(code)
  expect(message).not.toBe('')
}

async function expectKept(path: string, resource: string, taken: Answer): Promise<void> {
  const read = await world.ask('GET', resource)
  expect({ code: read.code, body: read.body }).toEqual({ code: 200, body: taken.body })
  const { body: list } = await world.ask('GET', path)
  expect(list['items']).toHaveLength(1)
  const { kind: _kind, apiVersion: _version, ...item } = (list['items'] as unknown as Fields[])[0] ?? {}
  expect({ kind: taken.body['kind'], apiVersion: taken.body['apiVersion'], ...item }).toEqual(taken.body)
  expect((await world.ask('GET', path, { headers: TABLE })).body['rows']).toHaveLength(1)
  expect((await world.ask('PUT', resource, { body: read.body })).body).toEqual(taken.body)
}

it('are taken or refused, and what is taken can be read back', async () => {
  let kept = 0
  await fc.assert(
    fc.asyncProperty(object, fc.array(value, { minLength: 3, maxLength: 3 }), fc.array(value, { maxLength: 2 }),
      async (spec, values, patches) => {
        const group = `g${String(made++)}.example.com`
        const openAPIV3Schema = { type: 'object', properties: { spec } }
        const columns = ['string', 'integer', 'date'].map((type) => ({ name: type, type, jsonPath: '.spec.a' }))
        const versions = [aVersion({ schema: { openAPIV3Schema }, additionalPrinterColumns: columns })]
        const defined = await world.ask('POST', CRD_PATH, { body: aDefinition({ group, versions }) })
        if (defined.code !== 201) return expectRefusal(defined)
        await world.settle()
        const path = `/apis/${group}/v1/namespaces/ns/widgets`
        for (const one of values) {
          const body = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec: one }
          const taken = await world.ask('POST', path, { body })
          if (taken.code !== 201) {
            expectRefusal(taken)
            continue
          }
          kept += 1
          await expectKept(path, `${path}/w`, taken)
          for (const [n, patch] of patches.entries()) {
            const type = ['application/merge-patch+json', 'application/apply-patch+yaml'][n] ?? ''
            const query = n === 0 ? '' : '?fieldManager=m&force=true'
            const patched = await world.ask('PATCH', `${path}/w${query}`, {
              body: { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name: 'w' }, spec: patch },
              headers: { 'content-type': type },
            })
            if (patched.code === 200) await expectKept(path, `${path}/w`, patched)
            else expectRefusal(patched)
          }
          expect((await world.ask('DELETE', `${path}/w`)).code).toBe(200)
        }
      }),
    { numRuns: RUNS },
  )
  // Enough of them come this far.
  expect(kept).toBeGreaterThan(30)
})

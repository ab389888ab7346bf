/**
 * Expressions of device selectors. Costs are those of k8s.io/dynamic-resource-allocation/cel/compile_test.go, errors of
 * pkg/apis/resource/validation/validation_{deviceclass,resourceclaim}_test.go.
 */
import { expect, it } from 'vitest'
import { compileSelector } from '../../../../src/apis/resource/selector-expression.ts'
import { testApi } from '../../../support/api.ts'
import { Subject } from '../given-want.ts'

const ATTRIBUTES = 'device.attributes["dra.example.com"]'
const CAPACITY = 'device.capacity["dra.example.com"]'
const FRESH = `${CAPACITY}.name.isGreaterThan(quantity("1Ki"))`

/** `[1, …, 10].all(x, …)` in itself, seven deep. */
const expensive = ['x', 'y', 'z', 'z2', 'z3', 'z4', 'z5'].reduceRight(
  (inner, name) => `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].all(${name}, ${inner})`,
  "int('1'.find('[0-9]*')) < 100",
)

it.each<[expression: string, cost: number]>([
  ['true', 0],
  ['device.attributes["no-such-domain"].noSuchAttr.isGreaterThan(quantity("0"))', 6],
  ['device.attributes["no-such-domain"]["noSuchAttr"].isGreaterThan(quantity("0"))', 6],
  ['"dra.example.com" in device.attributes', 3],
  ['device.driver == ""', 2],
  ['device.driver == "dra.example.com"', 4],
  [`${ATTRIBUTES}.name`, 4],
  [`${ATTRIBUTES}["name"]`, 4],
  [`cel.bind(dra, ${ATTRIBUTES}, dra.name)`, 15],
  [`${ATTRIBUTES}.name > 0`, 5],
  [`${ATTRIBUTES}.name == "fish"`, 5],
  [`${ATTRIBUTES}.name.isGreaterThan(semver("0.0.1"))`, 6],
  [`${ATTRIBUTES}.name.isGreaterThan(semver("v0.0.1", true)) && isSemver("v1.0.0", true)`, 7],
  [FRESH, 6],
  [`"name" in ${CAPACITY} && ${FRESH}`, 10],
  [`!("name" in ${CAPACITY}) || ${FRESH}`, 11],
  ['device.attributes.exists_one(x, x == "dra.example.com")', 164],
  [`${ATTRIBUTES}.exists_one(x, x == "services")`, 133],
  [`${ATTRIBUTES}.services.split("example").size() >= 2`, 19],
  [`${ATTRIBUTES}.services.matches("[^a]?sym")`, 18],
  ['device.capacity.exists_one(x, x == "dra.example.com")', 164],
  [`${CAPACITY}.exists_one(x, x == "memory")`, 133],
  ['device.allowMultipleAllocations == true', 3],
  [expensive, 85_555_551],
])('%s costs %d at most', (expression, cost) => {
  const { program, problem } = compileSelector(expression)
  expect([problem, program?.estimateCost().max]).toEqual([undefined, cost])
})

const UNCOMPILED = 'compilation failed: ERROR: <input>:'

it.each<[expression: string, want: string]>([
  ['1', 'Invalid value: "1": must evaluate to bool or the unknown type, not int'],
  ['dyn(true)', 'Invalid value: "dyn(true)": must evaluate to bool or the unknown type, not dyn'],
  [
    'noSuchVar',
    `Invalid value: "noSuchVar": ${UNCOMPILED}1:1: undeclared reference to 'noSuchVar' (in container '')\n` +
      ' | noSuchVar\n | ^',
  ],
  [
    'device.attributes[true].someBoolean',
    `Invalid value: "device.attributes[true].someBoolean": ${UNCOMPILED}1:18: found no matching overload for '_[_]' ` +
      "applied to '(map(string, map(string, any)), bool)'\n | device.attributes[true].someBoolean\n | .................^",
  ],
  [expensive, 'Forbidden: too complex, exceeds cost limit'],
  [
    "'a'.find('(') == ''",
    'Internal error: program instantiation failed: error parsing regexp: missing closing ): `(`',
  ],
])('%s is refused', (expression, want) => {
  const classes = new Subject('resource.k8s.io/v1', 'DeviceClass')
  const spec = { selectors: [{ cel: { expression: 'true' } }, { cel: { expression } }] }
  expect(classes.onCreate({ spec })).toEqual([`spec.selectors[1].cel.expression: ${want}`])
})

it('has its language when it is asked over the API', async () => {
  const spec = { selectors: [{ cel: { expression: 'device.driver' } }] }
  const body = { metadata: { name: 'gpu' }, spec }
  const { code, body: status } = await testApi('').json('POST', '/apis/resource.k8s.io/v1/deviceclasses', { body })
  expect([code, status['message']]).toEqual([
    422,
    'DeviceClass.resource.k8s.io "gpu" is invalid: spec.selectors[0].cel.expression: Invalid value: ' +
      '"device.driver": must evaluate to bool or the unknown type, not string',
  ])
})

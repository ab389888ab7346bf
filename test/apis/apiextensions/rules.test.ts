/**
 * Rules of custom resources (x-kubernetes-validations). Cases and texts from k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/cel/{compilation,validation}_test.go and, for what a definition may cost,
 * pkg/apis/apiextensions/validation/validation_test.go.
 */
import { describe, expect, it } from 'vitest'
import { formatFieldError, type FieldError } from '../../../src/apimachinery/field-path.ts'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { cloneDecoded } from '../../../src/apimachinery/schema/given-empty.ts'
import type { JsonSchema, ValidationRule } from '../../../src/apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { compileRules } from '../../../src/apis/apiextensions/rules/compile-rules.ts'
import { ruleJudge } from '../../../src/apis/apiextensions/rules/judge.ts'
import { validateRules, type RuleInput } from '../../../src/apis/apiextensions/rules/validate-rules.ts'
import { printedItems } from '../../../src/apis/apiextensions/validation/internal-values.ts'
import { validateVersionSchema } from '../../../src/apis/apiextensions/validation/version-schema.ts'
import { strictRequirements } from '../../../src/apis/apiextensions/validation/requirements.ts'
import { schema } from '../../../src/apis/schema.ts'
import { TOOLS } from '../../apimachinery/structural/schema-tools.ts'

const texts = (errors: readonly FieldError[]): string[] => errors.map(formatFieldError)
const rules = (...given: (string | ValidationRule)[]): JsonSchema => ({
  'x-kubernetes-validations': given.map((rule) => (typeof rule === 'string' ? { rule } : rule)),
})
const object = (properties: Record<string, JsonSchema>, rest: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...rest,
})
const text: JsonSchema = { type: 'string' }
const integer: JsonSchema = { type: 'integer' }

/** Errors of a value of that schema, which is the field `f` of a resource. */
function judge(schema: JsonSchema, value: unknown, input: Partial<RuleInput> = {}): string[] {
  const compiled = compileStructural(object({ f: schema }))
  const old = input.old === undefined ? undefined : { f: input.old }
  const { errors } = validateRules({ f: value }, compiled, { isResource: true, ...input, old })
  return texts(errors)
}

describe('a schema in a list of schemas', () => {
  it('is known to have been given fields with nothing in them', () => {
    const items = [{ type: 'string', patternProperties: {} }]
    const openAPIV3Schema = object({ a: { type: 'array', items } })
    const definition = { spec: { versions: [{ name: 'v', schema: { openAPIV3Schema } }] } }
    const { object: decoded } = decodeObject(schema, 'V1CustomResourceDefinition', definition)
    const spec = cloneDecoded(decoded)['spec'] as typeof definition.spec
    const [list] = Object.values(spec.versions[0]?.schema.openAPIV3Schema.properties ?? {})
    const { JSONSchemas } = printedItems(list?.items) as { JSONSchemas: unknown[] }
    expect(JSONSchemas).toEqual([expect.objectContaining({ Type: 'string', PatternProperties: {} })])
  })
})

describe('objects are equal', () => {
  const preserving = object({ a: text, any: { 'x-kubernetes-preserve-unknown-fields': true } }, {
    ...rules('self == oldSelf'), 'x-kubernetes-preserve-unknown-fields': true })
  it.each([
    ['whose unknown fields are', { a: 'x', u: { v: [1] } }, { u: { v: [1] }, a: 'x' }, true],
    ['whose unknown fields are not', { u: true }, { u: {} }, false],
    ['that have other unknown fields each', { u: 1 }, { v: 1 }, true],
    ['that have other fields than the unknown ones before', { u: 1 }, { a: 'x' }, true],
    ['that have other fields than those before', { a: 'x' }, { u: 1 }, false],
    ['whose fields of no type are', { any: [1] }, { any: [1] }, true],
    ['whose fields of no type are not', { any: [1] }, { any: [2] }, false],
    ['of which one has a field of no type', { any: 1 }, { u: 1 }, false],
    ['whose fields are null', { a: null }, { a: null }, true],
  ] as const)('%s', (_name, value, old, isEqual) => {
    const expected = isEqual ? [] : ['f: Invalid value: failed rule: self == oldSelf']
    expect(judge(preserving, value, { old })).toEqual(expected)
  })
})

describe('what is of another type than its schema says', () => {
  it.each([
    [{ type: 'string', format: 'date-time' }, [], 'string, got []interface {}', 'string'],
    [text, {}, 'string, got map[string]interface {}', 'string'],
    [text, true, 'string, got bool', 'string'],
    [text, 1, 'string, got int64', 'string'],
    [integer, 'a', 'int, got string', 'integer'],
    [{ type: 'number' }, 'a', 'float, got string', 'number'],
    [{ type: 'boolean' }, 1.5, 'bool, got float64', 'boolean'],
    [{ type: 'array', items: text }, 'a', 'an array for the provided schema with type=array', 'array'],
    [object({ a: text }), 'a', 'a map for the provided schema with type=object', 'object'],
  ] as const)('fails in the words of the schema: %j of %j', (schema, value, why, type) => {
    const judged = judge({ ...(schema as JsonSchema), ...rules('self == self') }, value)
    expect(judged).toEqual([`f: Invalid value: "${type}": invalid data, expected ${why} evaluating rule: self == self`])
  })
})

describe('rules of what is neither an integer nor a text', () => {
  it.each([[true], [[]], [[1]], [{}], [1.5]])('fail for %j', (value) => {
    const either: JsonSchema = { 'x-kubernetes-int-or-string': true, ...rules('type(self) != bool') }
    const why = 'invalid data, expected XIntOrString value to be either a string or integer'
    expect(judge(either, value)).toEqual([`f: Invalid value: "": ${why} evaluating rule: type(self) != bool`])
  })
})

describe('rules of values', () => {
  it.each<[string, JsonSchema, unknown, string[]]>([
    ['that hold', { ...integer, ...rules('self > 1', 'self < 3') }, 2, []],
    ['that do not hold', { ...integer, ...rules('self > 1') }, 0, ['f: Invalid value: 0: failed rule: self > 1']],
    ['with a message', { ...text, ...rules({ rule: `self == 'a'`, message: ' must be a ' }) }, 'b', [
      'f: Invalid value: "b": must be a',
    ]],
    ['of objects do not tell the value', object({ a: integer }, rules('self.a == 1')), { a: 2 }, [
      'f: Invalid value: failed rule: self.a == 1',
    ]],
    ['with a reason',
      object({ a: integer }, rules({ rule: 'has(self.a)', reason: 'FieldValueRequired', message: 'a!' })), {}, [
      'f: Required value: a!',
    ]],
    ['with a reason that needs no words', { ...text, ...rules({ rule: 'false', reason: 'FieldValueDuplicate' }) },
      'x', [
      'f: Duplicate value: "x"',
    ]],
    ['with a path', object({ a: object({ 'b-c': integer }) }, rules({ rule: 'false', fieldPath: `.a['b-c']` })), {}, [
      'f.a.b-c: Invalid value: failed rule: false',
    ]],
    ['with a message that is made',
      object({ a: integer }, rules({ rule: 'self.a < 3', messageExpression: `'a is ' + string(self.a)` })),
      { a: 4 }, [
      'f: Invalid value: a is 4',
    ]],
    ['with a message that cannot be made',
      object({ a: integer }, rules({ rule: 'self.a < 3', messageExpression: 'self.b', message: 'm' })), { a: 4 }, [
      'f: Invalid value: m',
    ]],
    ['with a message of several lines', { ...integer, ...rules({ rule: 'false', messageExpression: `'a\\nb'` }) }, 4, [
      'f: Invalid value: 4: failed rule: false',
    ]],
    ['of items', { type: 'array', items: { ...integer, ...rules('self > 0') } }, [1, 0, -1], [
      'f[1]: Invalid value: 0: failed rule: self > 0',
      'f[2]: Invalid value: -1: failed rule: self > 0',
    ]],
    ['of other fields', { type: 'object', additionalProperties: { ...text, ...rules(`self != ''`) } },
      { a: '', b: 'x' }, [
      `f[a]: Invalid value: "": failed rule: self != ''`,
    ]],
    ['are not asked of null', { ...text, nullable: true, ...rules('false') }, null, []],
    ['that fail', object({ m: { type: 'object', additionalProperties: integer } }, rules(`self.m['x'] == 1`)),
      { m: {} }, [
      `f: Invalid value: "object": no such key: x evaluating rule: self.m['x'] == 1`,
    ]],
    ['that compare what cannot be', object({ a: { 'x-kubernetes-int-or-string': true } }, rules('self.a + 1 == 2')),
      { a: 'x' }, [
      expect.stringContaining(
        `: call arguments did not match a supported operator, function or macro signature for rule: self.a + 1 == 2`,
      ) as string,
    ]],
    ['int-or-string',
      object({ a: { 'x-kubernetes-int-or-string': true } },
        rules(`type(self.a) == int ? self.a < 5 : self.a.endsWith('%')`)),
      { a: '5%' }, []],
    ['names that are escaped',
      object({ 'a-b': integer, for: integer, 'a.b/c__d': integer },
        rules('self.a__dash__b + self.__for__ + self.a__dot__b__slash__c__underscores__d == 6')),
      { 'a-b': 1, for: 2, 'a.b/c__d': 3 }, []],
    ['times',
      object({ at: { ...text, format: 'date-time' }, d: { ...text, format: 'duration' },
        day: { ...text, format: 'date' } },
        rules(
          `self.at + self.d == timestamp('2024-01-01T01:00:00Z')`,
          `self.day == timestamp('2024-02-01T00:00:00Z')`,
        )),
      { at: '2024-01-01T00:00:00Z', d: '1h', day: '2024-02-01' }, []],
    ['sets are equal in any order',
      object({ a: { type: 'array', items: integer, 'x-kubernetes-list-type': 'set' },
        b: { type: 'array', items: integer, 'x-kubernetes-list-type': 'set' } },
        rules('self.a == self.b')),
      { a: [1, 2], b: [2, 1] }, []],
    ['embedded resources have names',
      object({ e: { type: 'object', 'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true } },
        rules(`self.e.kind == 'Pod' && self.e.metadata.name == 'x'`)),
      { e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } } }, []],
    ['text has functions',
      { ...text, ...rules(`self.lowerAscii() == 'abc' && self.matches('^[a-zA-Z]+$') && self.split('b').size() == 2`) },
      'AbC', []],
  ])('%s', (_what, schema, value, want) => {
    expect(judge(schema, value)).toEqual(want)
  })

  it('at the root see type and names of the resource', () => {
    const schema = compileStructural(object({},
      rules(`self.metadata.name.startsWith('x') && self.kind == 'T'`, 'false')))
    const resource = { apiVersion: 'a/v1', kind: 'T', metadata: { name: 'xy' } }
    expect(texts(validateRules(resource, schema, { isResource: true }).errors)).toEqual([
      '<nil>: Invalid value: failed rule: false',
    ])
  })
})

describe('rules of changes', () => {
  const immutable = { ...text, ...rules('self == oldSelf') }
  it('are asked where there is something to compare with', () => {
    expect(judge(immutable, 'a')).toEqual([])
    expect(judge(immutable, 'b', { old: 'a' })).toEqual(['f: Invalid value: "b": failed rule: self == oldSelf'])
    expect(judge(immutable, 'a', { old: 'a' })).toEqual([])
  })

  it('find items of maps by key, and no others', () => {
    const item = object({ k: text, v: immutable })
    const map: JsonSchema = { type: 'array', items: item, 'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'] }
    const old = [{ k: 'a', v: '1' }, { k: 'b', v: '2' }]
    const value = [{ k: 'b', v: '3' }, { k: 'c', v: '1' }]
    expect(judge(map, value, { old })).toEqual(['f[0].v: Invalid value: "3": failed rule: self == oldSelf'])
    expect(judge({ type: 'array', items: item }, value, { old })).toEqual([])
  })

  it('with an optional old value are always asked', () => {
    const schema = { ...text,
      ...rules({ rule: `oldSelf.hasValue() ? oldSelf.value() == self : self == 'a'`, optionalOldSelf: true }) }
    expect(judge(schema, 'a')).toEqual([])
    expect(judge(schema, 'b')).toHaveLength(1)
    expect(judge(schema, 'b', { old: 'b' })).toEqual([])
  })

  it('are the only ones that unchanged values are held to; of the others it is warned', () => {
    const schema = compileStructural(object({ a: { ...integer, ...rules('self > 5', 'oldSelf > 5') },
      b: { ...integer, ...rules('self > 5') } }))
    const old = { a: 1, b: 1 }
    const { errors, warnings } = validateRules({ a: 1, b: 2 }, schema, { isResource: true, old, ratchets: true })
    expect(texts(errors)).toEqual([
      'a: Invalid value: 1: failed rule: oldSelf > 5',
      'b: Invalid value: 2: failed rule: self > 5',
    ])
    expect(warnings).toEqual(['a: Invalid value: 1: failed rule: self > 5'])
  })
})

describe('a list that has an element twice, which its type forbids', () => {
  const set: JsonSchema = { type: 'array', 'x-kubernetes-list-type': 'set', items: text }
  const map: JsonSchema = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'],
    items: object({ k: text, v: integer }, { required: ['k'] }) }

  it.each<[JsonSchema, unknown, string]>([
    [set, ['a', 'b', 'a'], "(self + ['q', 'q']).size() == 4"],
    [set, ['a', 'b', 'a'], "self == ['a', 'b', 'a'] && self == ['a', 'a', 'a'] && self != ['a', 'b', 'c']"],
    [set, ['a', 'a', 'a'], "self != ['a', 'b', 'a']"],
    [map, [{ k: 'x', v: 1 }, { k: 'x', v: 2 }], '(self + self).size() == 2'],
    [map, [{ k: 'x', v: 1 }, { k: 'x', v: 2 }], 'self != self'],
  ])('keeps both, and is compared by the last: %#', (schema, value, rule) => {
    expect(judge({ ...schema, ...rules(rule) }, value)).toEqual([])
  })
})

describe('what rules may cost', () => {
  it('an evaluation ends at its limit, and nothing follows', () => {
    const list: JsonSchema = { type: 'array', items: integer }
    const schema = { ...list, ...rules('self.all(a, self.all(b, self.all(c, a + b + c >= 0)))', 'false') }
    expect(judge(schema, Array.from({ length: 200 }, () => 1))).toEqual([
      `f: Invalid value: "array": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: self.all(a, self.all(b, self.all(c, a + b + c >= 0)))`,
    ])
  })

  it('all evaluations of an object share a budget', () => {
    const list: JsonSchema = { type: 'array',
      items: { type: 'array', items: integer, ...rules('self.all(a, self.all(b, a + b >= 0))') } }
    const errors = judge(list, Array.from({ length: 40 }, () => Array.from({ length: 250 }, () => 1)))
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(/^f\[\d+\]: Invalid value: "array": validation failed due to running out of cost budget/)
  })
})

describe('rules of a definition', () => {
  const F = 'v.openAPIV3Schema.properties[f]'
  const RULE = '"Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}'
  function define(schema: JsonSchema): string[] {
    const context = { tools: TOOLS, rules: ruleJudge, requirements: strictRequirements(), version: 'v1',
      hasStatus: false }
    return texts(validateVersionSchema({ openAPIV3Schema: object({ f: schema }) as never }, 'v', context))
  }

  it.each<[string, JsonSchema, string[]]>([
    ['compile', { ...integer, ...rules('self > 0') }, []],
    ['have syntax', { ...integer, ...rules('self >') }, [
      expect.stringContaining('}: compilation failed: ERROR: <input>:1:7: Syntax error: ') as string,
    ]],
    ['have types', { ...integer, ...rules(`self == 'a'`) }, [
      `${F}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self == 'a'",${RULE}: compilation failed: ERROR: <input>:1:6: found no matching overload for '_==_' applied to '(int, string)'\n | self == 'a'\n | .....^`,
    ]],
    ['know fields', object({ a: integer }, rules('self.b == 1')), [
      `${F}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.b == 1",${RULE}: compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b == 1\n | ....^`,
    ]],
    ['are true or false', { ...integer, ...rules('self + 1') }, [
      `${F}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self + 1",${RULE}: cel expression must evaluate to a bool`,
    ]],
    ['are not true, false or null', { ...integer, ...rules('google.protobuf.BoolValue{}') }, [
      expect.stringContaining('}: cel expression must evaluate to a bool') as string,
    ]],
    ['are told their type before what they name', { ...integer, ...rules('google.protobuf.Value') }, [
      expect.stringContaining('}: cel expression must evaluate to a bool') as string,
    ]],
    ['do not name their own type', object({ a: integer }, rules('selfType{} == selfType{}')), [
      expect.stringContaining("undeclared reference to 'selfType' (in container '')") as string,
    ]],
    ['have messages that are text', { ...integer, ...rules({ rule: 'true', messageExpression: 'self' }) }, [
      `${F}.x-kubernetes-validations[0].messageExpression: Invalid value: {"Rule":"true","Message":"","MessageExpression":"self","Reason":null,"FieldPath":"","OptionalOldSelf":null}: messageExpression must evaluate to a string`,
    ]],
    ['have old values where items are found again',
      { type: 'array', items: { ...integer, ...rules('self == oldSelf') }, maxItems: 3 }, [
      `${F}.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${F}`,
    ]],
    ['have an optional old value if they use it', { ...integer, ...rules({ rule: 'true', optionalOldSelf: true }) }, [
      `${F}.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule`,
    ]],
    ['hold for defaults', { ...integer, default: 1, ...rules('self > 1') }, [
      `${F}.default: Invalid value: 1: failed rule: self > 1`,
    ]],
    ['see nothing that is not specified',
      object({ u: { 'x-kubernetes-preserve-unknown-fields': true } }, rules('has(self.u)')), [
      `${F}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"has(self.u)",${RULE}: compilation failed: ERROR: <input>:1:4: undefined field 'u'\n | has(self.u)\n | ...^`,
    ]],
    ['are not looked at while the schema is wrong', { type: 'object', properties: { a: {} }, ...rules('self.nope') }, [
      `${F}.properties[a].type: Required value: must not be empty for specified object fields`,
    ]],
  ])('%s', (_what, schema, want) => {
    expect(define(schema)).toEqual(want)
  })

  it('cannot be read within what has no type, if rules around that need its type', () => {
    const untyped = { ...object({ a: { ...text, ...rules("self == 'a'") } }), type: 'foo' }
    const at = `${F}.properties[u].properties[a].x-kubernetes-validations`
    expect(define(object({ u: untyped }))).not.toContainEqual(expect.stringContaining('rules: unable'))
    expect(define(object({ u: untyped }, rules('true')))).toContainEqual(
      `${at}: Internal error: internal error: failed to construct type information for x-kubernetes-validations ` +
      'rules: unable to convert structural schema to CEL declarations',
    )
  })

  const tooMuch = (cost: string, factor: string): string =>
    `${cost} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`

  it.each<[string, string, number | bigint]>([
    ['beyond 2^53, to the last digit', "self.all(x, x == 'a')", 36_028_797_018_963_974n],
    ['of a comparison of floats', 'self == self', 900_719_925_474_102],
    ['of literals, too', 'lists.range(9007199254740993).size() == 1', 9_007_199_254_741_005n],
  ])('are estimated %s', (_what, rule, cost) => {
    const schema = { type: 'array', maxItems: 9_007_199_254_740_993n, items: { ...text, maxLength: 0 }, ...rules(rule) }
    const [compiled] = compileRules(compileStructural(schema as unknown as JsonSchema), false)?.rules ?? []
    expect(compiled?.maxCost).toBe(cost)
  })

  it.each([
    // The path of the key is written over where it has three steps, or five to seven.
    ['self.l[0].all(k, v, k == v)', 454],
    ['self.l[0].all(k, k == self.s)', 64],
    // All overloads that a list of anything can mean.
    ['self.n.map(x, dyn(x)).sort() == self.n', 22_436],
    ['self.n.sort() == self.n', 20_025],
    // What libraries say of their types counts where two of one are equal or not, and nowhere else.
    ["quantity('1') == quantity('2')", 3],
    ["quantity('1') != quantity('2')", 1_844_674_407_370_955_266n],
    ["dyn(type(1)) == ip('1.2.3.4')", 1_844_674_407_370_955_267n],
    ["optional.of(quantity('1')) == optional.of(quantity('2'))", 1_844_674_407_370_955_268n],
    ["dyn(self.s) == quantity('1')", 314_577],
  ])('are estimated as upstream does: %s', (rule, cost) => {
    const map = { type: 'object', maxProperties: 10, additionalProperties: { ...text, maxLength: 100 } }
    const fields = { l: { type: 'array', maxItems: 2, items: map }, s: text,
      n: { type: 'array', maxItems: 100, items: integer } }
    const [compiled] = compileRules(compileStructural(object(fields, rules(rule))), false)?.rules ?? []
    expect(compiled?.maxCost).toBe(cost)
  })

  it.each([
    ['[1].all(oldSelf, oldSelf > 0)', true],
    ["int('a') == oldSelf", true],
    ["has({'oldSelf': 1}.oldSelf)", false],
  ])('use the old value, or a name like it: %s', (rule, isUsed) => {
    const [compiled] = compileRules(compileStructural({ ...integer, ...rules(rule) }), false)?.rules ?? []
    expect(compiled?.usesOldSelf).toBe(isUsed)
  })

  it('cost too much one by one', () => {
    const list = { type: 'array', items: text, ...rules('self.all(x, self.all(y, x == y))') }
    expect(define(list)).toEqual([
      `${F}.x-kubernetes-validations[0].rule: Forbidden: ${tooMuch('estimated rule cost', 'more than 100x')}`,
      `${F}.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
      `v.openAPIV3Schema: Forbidden: ${tooMuch('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', 'more than 100x')}`,
    ])
    expect(define({ ...list, maxItems: 20, items: { ...text, maxLength: 10 } })).toEqual([])
  })

  it('cost more where there can be many values', () => {
    const item = { ...integer, ...rules('self == 1') }
    expect(define({ type: 'array', items: item })).toEqual([])
    expect(define({ type: 'array', maxItems: 10,
      items: { type: 'array', maxItems: 100_000_000, items: item } })).not.toEqual([])
  })
})

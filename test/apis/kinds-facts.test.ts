/**
 * Two sources meet here: the structure comes from @kubernetes/client-node, the facts from upstream's OpenAPI document
 * and Go types. Whatever one names the other must have.
 */
import { describe, expect, it } from 'vitest'
import { DISABLED_FIELDS } from '../../src/apis/facts/disabled-fields.ts'
import fieldFacts from '../../src/apis/facts/field-facts.json' with { type: 'json' }
import mergeFactTable from '../../src/apis/facts/merge-facts.json' with { type: 'json' }
import {
  fieldTypeOf,
  whyNoField,
  listMapKeysOf,
  listTypeOf,
  mapTypeOf,
  mergeKeyOf,
  patchStrategyOf,
} from '../../src/apis/facts/merge-facts.ts'
import { schema } from '../../src/apis/schema.ts'
import type { SchemaNode } from '../../src/apimachinery/schema/schema.ts'
import structureFacts from '../fixtures/kind-facts-structure.json' with { type: 'json' }

const fieldsOf = (type: string): ReadonlySet<string> => new Set(schema.structOf(type).fields.keys())
const nameIn = (word: string): string => /^[^?!~:=;]+/.exec(word)?.[0] ?? ''

/** Every `type.field` that a table speaks of and the schema does not have. */
function strangers(table: Readonly<Record<string, string>>): string[] {
  return Object.entries(table).flatMap(([type, line]) => {
    if (!schema.hasType(type)) return [type]
    const known = fieldsOf(type)
    return line
      .split(' ')
      .map(nameIn)
      .filter((field) => field !== '.' && !known.has(field))
      .map((field) => `${type}.${field}`)
  })
}

const LETTERS = {
  string: 's',
  int32: 'i',
  int64: 'l',
  double: 'd',
  boolean: 'b',
  time: 't',
  microTime: 'm',
  intOrString: 'x',
  bytes: 'y',
  quantity: 'q',
  any: 'a',
  raw: 'a',
} as const

/** A node in the words of the facts; a struct without fields counts as raw JSON, as it does there. */
function wordOf(node: SchemaNode): string {
  switch (node.kind) {
    case 'scalar':
      return LETTERS[node.shape]
    case 'list':
      return `[]${wordOf(node.item)}`
    case 'map':
      return `{}${wordOf(node.value)}`
    case 'struct':
      return node.fields.size === 0 ? 'a' : node.type
  }
}

describe('facts and structure', () => {
  it('agree on every field of every GA type', () => {
    const differences = Object.entries(structureFacts).flatMap(([type, line]) => {
      const fields = schema.hasType(type) ? [...schema.structOf(type).fields.values()] : []
      const words = fields.map(({ name, node }) => `${name}:${wordOf(node)}`).toSorted()
      return words.join(' ') === line ? [] : [{ type, words: words.join(' '), line }]
    })
    expect(differences).toEqual([])
    expect(Object.keys(structureFacts).length).toBeGreaterThan(550)
  })

  it('field facts speak of fields that the structure has', () => {
    expect(strangers(fieldFacts)).toEqual([])
  })

  it('merge facts speak of fields that the structure has', () => {
    expect(strangers(mergeFactTable)).toEqual([])
  })

  it('disabled fields are fields', () => {
    for (const [type, fields] of Object.entries(DISABLED_FIELDS)) {
      expect([type, fields.filter((field) => !fieldsOf(type).has(field))]).toEqual([type, []])
    }
  })

  it('merge keys and map keys are fields of the items, and only lists have them', () => {
    const wrong: string[] = []
    let keys = 0
    for (const [type, line] of Object.entries(mergeFactTable)) {
      for (const field of line.split(' ').map(nameIn)) {
        const mergeKey = mergeKeyOf(type, field)
        const wanted = [...listMapKeysOf(type, field), ...(mergeKey === undefined ? [] : [mergeKey])]
        keys += mergeKey === undefined ? 0 : 1
        const inner = fieldTypeOf(type, field)
        const isList = schema.structOf(type).fields.get(field)?.node.kind === 'list'
        if (wanted.length > 0 && (!isList || inner === undefined)) wrong.push(`${type}.${field}`)
        else wrong.push(...wanted.filter((key) => inner !== undefined && !fieldsOf(inner).has(key)))
      }
    }
    expect(wrong).toEqual([])
    // Upstream's document has 68; the other 14 are in types that are not GA.
    expect(keys).toBe(54)
  })

  it.each([
    ['V1PodSpec', 'containers', 'name', ['merge'], 'map', ['name']],
    ['V1PodSpec', 'volumes', 'name', ['merge', 'retainKeys'], 'map', ['name']],
    ['V1PodSpec', 'tolerations', undefined, [], 'atomic', []],
    ['V1Container', 'ports', 'containerPort', ['merge'], 'map', ['containerPort', 'protocol']],
    ['V1ServiceSpec', 'ports', 'port', ['merge'], 'map', ['port', 'protocol']],
    ['V1ObjectMeta', 'finalizers', undefined, ['merge'], 'set', []],
    ['V1DeploymentSpec', 'strategy', undefined, ['retainKeys'], undefined, []],
  ] as const)('%s.%s merges as upstream says', (type, field, mergeKey, strategies, listType, keys) => {
    expect([
      mergeKeyOf(type, field),
      patchStrategyOf(type, field),
      listTypeOf(type, field),
      listMapKeysOf(type, field),
    ]).toEqual([mergeKey, strategies, listType, keys])
  })

  it('tells the type inside a field, and whether it is owned as a whole', () => {
    expect(fieldTypeOf('V1PodSpec', 'containers')).toBe('V1Container')
    expect(fieldTypeOf('V1Pod', 'metadata')).toBe('V1ObjectMeta')
    expect(fieldTypeOf('V1Pod', 'nope')).toBeUndefined()
    expect(fieldTypeOf('V1ControllerRevision', 'data')).toBe('RawExtension')
    expect(whyNoField('RawExtension', 'a'))
      .toBe('unable to find api field in struct RawExtension for the json field "a"')
    expect(whyNoField('V1Pod', 'spec')).toBeUndefined()
    expect(mapTypeOf('V1DeploymentSpec', 'selector')).toBe('atomic')
    expect(mapTypeOf('V1PodSpec', 'nodeSelector')).toBe('atomic')
    expect(mapTypeOf('V1ObjectMeta', 'labels')).toBeUndefined()
  })
})

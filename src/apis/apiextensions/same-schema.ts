/**
 * Whether two versions of a definition have the same schema, as upstream sees it (apimachinery
 * third_party/forked/golang/reflect, Equalities.DeepEqual): a list or a map of nothing is as good as none, but not
 * within values that a schema names.
 */
import { equalJson, isJsonObject, type JsonObject } from '../../apimachinery/patch/json-value.ts'
import { ownValue } from '../../lib/own-value.ts'
import { isEqual } from '../validation/rules.ts'

const VALUES = ['default', 'example']
const MAPS = ['properties', 'patternProperties', 'definitions', 'dependencies']

export function isSameSchema(one: unknown, other: unknown): boolean {
  if (!isJsonObject(one) || !isJsonObject(other)) return isEqual(one, other)
  return areSame(one, other, isSameField)
}

function isSameField(one: unknown, other: unknown, name: string): boolean {
  if (VALUES.includes(name)) return equalJson(one, other)
  if (MAPS.includes(name) && isJsonObject(one) && isJsonObject(other)) return areSame(one, other, isSameSchema)
  if (!Array.isArray(one) || !Array.isArray(other)) return isSameSchema(one, other)
  const isSameItem = name === 'enum' ? equalJson : isSameSchema
  return one.length === other.length && one.every((item, at) => isSameItem(item, other[at]))
}

function areSame(
  one: JsonObject,
  other: JsonObject,
  isSame: (value: unknown, another: unknown, name: string) => boolean,
): boolean {
  return Object.keys({ ...one, ...other }).every((name) => isSame(ownValue(one, name), ownValue(other, name), name))
}

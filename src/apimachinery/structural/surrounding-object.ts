/**
 * A default alone says nothing about the resource that it will be in. Here it is put into the smallest object that
 * has it at its place, so that it can be judged or pruned as part of that, and read back. Upstream:
 * k8s.io/apiextensions-apiserver pkg/apiserver/schema/defaulting/{surroundingobject,prune}.go.
 */
import { ownValue } from '../../lib/own-value.ts'
import { cloneJson, equalJson, isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { coerceEmbedded, type MetadataDecoder } from './embedded-resources.ts'
import { pruneResource } from './prune.ts'
import { ANY_ITEM, withDefaults, type Steps, type StructuralSchema } from './structural-schema.ts'

/** The object around `value`; undefined when there are no steps and the value is no object. */
export function surround(value: unknown, steps: Steps): JsonObject | undefined {
  const object = steps.reduceRight<unknown>((inner, step) => (step === ANY_ITEM ? [inner] : { [step]: inner }), value)
  return isJsonObject(object) ? object : undefined
}

/** What is there now; undefined when it is not any longer. */
function readSurrounded(object: unknown, steps: Steps): unknown {
  return steps.reduce<unknown>((outer, step) => {
    if (Array.isArray(outer)) return step === ANY_ITEM ? (outer[0] as unknown) : undefined
    return isJsonObject(outer) ? ownValue(outer, step) : undefined
  }, object)
}

/** Whether pruning would change any default. */
export function hasUnprunedDefaults(schema: StructuralSchema, decodeMetadata: MetadataDecoder): boolean {
  let isChanged = false
  withDefaults(schema, (node, steps) => {
    const value = prunedDefault(schema, node, steps, decodeMetadata)
    isChanged ||= !equalJson(value ?? undefined, node.default)
    return value
  })
  return isChanged
}

/**
 * The schema with its defaults pruned as resources are, metadata included: what is served. A default of which nothing
 * is left is none.
 */
export function withPrunedDefaults(schema: StructuralSchema, decodeMetadata: MetadataDecoder): StructuralSchema {
  return withDefaults(schema, (node, steps) => prunedDefault(schema, node, steps, decodeMetadata))
}

function prunedDefault(
  schema: StructuralSchema,
  node: StructuralSchema,
  steps: Steps,
  decodeMetadata: MetadataDecoder,
): unknown {
  const object = surround(cloneJson(node.default), steps)
  if (object === undefined) return node.default
  coerceEmbedded(object, schema, { decodeMetadata, isResource: true, dropsInvalid: true })
  pruneResource(object, schema)
  return readSurrounded(object, steps)
}

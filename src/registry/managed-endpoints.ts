/**
 * The endpoints of a kind as the field manager sees them: made of its definition when first written to, and kept with
 * the scheme that the definition is of.
 */
import { quote } from '../apimachinery/field-path.ts'
import { cloneJson } from '../apimachinery/patch/json-value.ts'
import type { ManagedEndpoint } from '../apimachinery/apply/ownership.ts'
import { TypedError } from '../apimachinery/apply/typed-errors.ts'
import { checkTyped } from '../apimachinery/apply/typed-validation.ts'
import type { Versioned } from '../apimachinery/apply/updater.ts'
import type { MergeNode } from '../apimachinery/apply/merge-schema.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import { formatGroupVersion, parseGroupVersion } from '../apimachinery/meta.ts'
import { DecodeError } from '../apimachinery/schema/decode-error.ts'
import { decodeObject, zeroOf } from '../apimachinery/schema/decode.ts'
import { inFieldOrder } from '../apimachinery/schema/field-order.ts'
import { withoutRaw } from '../apimachinery/wire/raw/raw-json.ts'
import type { KindDefinition } from '../apis/define-kind.ts'
import { resetFieldsOf } from '../apis/facts/reset-fields.ts'
import { keepsRaw } from '../apis/kind-type.ts'
import { mergeNodeOf } from '../apis/merge-schema.ts'
import { schema } from '../apis/schema.ts'
import type { Scheme } from './kinds/scheme.ts'

const endpoints = new WeakMap<Scheme, WeakMap<KindDefinition, Map<string, ManagedEndpoint>>>()

export function managedEndpoint(scheme: Scheme, definition: KindDefinition, subresource: string): ManagedEndpoint {
  const ofScheme = endpoints.get(scheme) ?? new WeakMap<KindDefinition, Map<string, ManagedEndpoint>>()
  endpoints.set(scheme, ofScheme)
  const ofKind = ofScheme.get(definition) ?? new Map<string, ManagedEndpoint>()
  ofScheme.set(definition, ofKind)
  const known = ofKind.get(subresource)
  if (known !== undefined) return known
  const apiVersion = formatGroupVersion(definition)
  const endpoint: ManagedEndpoint = {
    apiVersion,
    node: mergeNodeFor(definition),
    subresource,
    reset: resetFieldsOf(definition, subresource),
    empty: emptyObject(definition),
    mayHaveChanged: definition.mergeNode !== undefined,
    convert: (object, wanted) => convert(scheme, definition, object, wanted),
    ...(keepsRaw(definition) ? { plain: withoutRaw<AnyObject> } : {}),
    nodeIn: (wanted) => nodeIn(scheme, definition, wanted),
    ...(schema.hasType(definition.type) ? { inSeconds: (object) => printedForm(definition, object) } : {}),
    ...(definition.storedAs === undefined || definition.custom !== undefined ? {} : {
      asStored: (object: AnyObject) => convertBuiltIn(definition, definition, cloneJson(object)),
    }),
  }
  ofKind.set(subresource, endpoint)
  return endpoint
}

/** undefined: nothing is known of its fields. */
function mergeNodeFor({ mergeNode, type }: KindDefinition): MergeNode | undefined {
  return mergeNode ?? (schema.hasType(type) ? mergeNodeOf(type) : undefined)
}

function printedForm({ type }: KindDefinition, object: AnyObject): AnyObject {
  return inFieldOrder(schema.structOf(type), object) as AnyObject
}

/** As Go prints an object that nobody has set anything in. */
function emptyObject(definition: KindDefinition): AnyObject {
  const empty = schema.hasType(definition.type) ? (zeroOf(schema.structOf(definition.type)) as Partial<AnyObject>) : {}
  return { metadata: {}, ...empty, kind: definition.kind, apiVersion: formatGroupVersion(definition) }
}

/**
 * undefined: the kind is not served in that version, or by another group, which upstream's field manager cannot reach.
 * Custom resources come as conversion gives them: what the other schema does not know is not left out. Versions that
 * are not served are converted to as well; one that the definition has no more is an error, with which upstream forgets
 * all owners on a write, and refuses to apply.
 * @throws TypedError
 */
function convert(
  scheme: Scheme,
  definition: KindDefinition,
  object: Versioned,
  apiVersion: string,
): Versioned | undefined {
  if (object.apiVersion === apiVersion) return object
  // To Go a slash alone is a version like any other that is not there.
  if (parseGroupVersion(apiVersion) === undefined && apiVersion !== '/') {
    throw unconvertible(`unexpected GroupVersion string: ${apiVersion}`)
  }
  const [from, to] = [object.apiVersion, apiVersion].map((version) => definitionIn(scheme, definition, version))
  if (definition.custom !== undefined && to?.group !== definition.group) {
    throw unconvertible(whyNoVersion(definition, object.apiVersion, apiVersion))
  }
  if (from === undefined || to?.group !== from.group) return undefined
  const copy = cloneJson(object.value) as AnyObject
  const node = mergeNodeFor(to) ?? object.node
  if (to.custom === undefined) return { apiVersion, node, value: convertBuiltIn(from, to, readAs(from, copy)) }
  const value = to.custom.convert(withMetadata(copy))
  checkTyped(node, value)
  return { apiVersion, node, value }
}

/** What an apply makes is converted before anybody has read it: it may be no object of its kind. @throws TypedError */
function readAs(from: KindDefinition, subject: AnyObject): AnyObject {
  if (!schema.hasType(from.type)) return subject
  try {
    return { ...decodeObject(schema, from.type, subject, { convertsNumbers: true }).object }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const target = `${formatGroupVersion(from)}, Kind=${from.kind}`
    throw unconvertible(`unable to convert unstructured object to ${target}: ${error.inConversion()}`)
  }
}

function unconvertible(message: string): TypedError {
  return new TypedError([{ path: '', message }])
}

function whyNoVersion({ group, kind }: KindDefinition, from: string, to: string): string {
  if (parseGroupVersion(to)?.group === group) return `request to convert CR to an invalid group/version: ${to}`
  return `${from}, Kind=${kind} is unstructured and is not suitable for converting to ${quote(to)}`
}

/** Of a custom resource the versions of one request know what has been converted for it. */
function definitionIn(
  scheme: Scheme,
  { custom, group, kind }: KindDefinition,
  text: string,
): KindDefinition | undefined {
  const said = parseGroupVersion(text) ?? { group: '', version: '' }
  if (custom !== undefined && said.group === group) return custom.inVersion(said.version)
  return scheme.byKind(said.group, said.version, kind)
}

/** undefined as for `convert`. */
function nodeIn(scheme: Scheme, definition: KindDefinition, apiVersion: string): MergeNode | undefined {
  const there = definitionIn(scheme, definition, apiVersion)
  return there?.group === definition.group ? mergeNodeFor(there) : undefined
}

/** Of what an apply takes away all of the metadata may be gone. */
function withMetadata(subject: AnyObject): AnyObject {
  const whole = { ...subject, metadata: (subject.metadata as AnyObject['metadata'] | undefined) ?? {} }
  return whole
}

/**
 * By way of the version that objects are stored in. What comes out has all that Go prints of the type, which counts as
 * being there: of what an apply takes away, the counts that a version always prints stay once it has been there.
 */
function convertBuiltIn(from: KindDefinition, to: KindDefinition, subject: AnyObject): AnyObject {
  const whole = withMetadata(subject)
  const stored = from.storedAs === undefined ? whole : from.storedAs.toStored(whole)
  const converted = to.storedAs === undefined ? stored : to.storedAs.fromStored(stored)
  return schema.hasType(to.type) ? decodeObject(schema, to.type, converted).object : (converted as AnyObject)
}

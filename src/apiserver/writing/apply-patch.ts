/**
 * Server-side apply between HTTP and the field manager: the configuration in a PATCH of `application/apply-patch+yaml`,
 * and the object that it makes of the current one, or of none (k8s.io/apiserver pkg/endpoints/handlers/patch.go,
 * applyPatcher). Upstream answers what does not fit the schema with 500; so is it here.
 */
import { holdsWritten } from '../../lib/exact-json.ts'
import { ConflictError, conflictStatus } from '../../apimachinery/apply/conflict.ts'
import {
  fieldsOfApplied, typeFaultOf, withoutManagedFields, type Applied, type ApplyResult, type ManagedEndpoint,
} from '../../apimachinery/apply/ownership.ts'
import { applyTakingOver, refreshLastApplied } from '../../apimachinery/apply/last-applied.ts'
import { TypedError, ValueError, VersionError } from '../../apimachinery/apply/typed-errors.ts'
import { formatGroupVersion, type AnyObject } from '../../apimachinery/meta.ts'
import { cloneJson, goKind, isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { DecodeError, UnconvertibleError } from '../../apimachinery/schema/decode-error.ts'
import { decodeObject } from '../../apimachinery/schema/decode.ts'
import { badRequestError, conflictError, unclassifiedError } from '../../apimachinery/status-error.ts'
import { JsonError, duplicateFields, readJson } from '../../apimachinery/wire/json.ts'
import { isTooLongInYaml, yamlFaultOf } from '../../apimachinery/wire/json-beside-yaml.ts'
import { YAML_BREAK, YamlError, formatYamlDuplicates, readYaml } from '../../apimachinery/wire/yaml.ts'
import { fieldAnnotationOf } from '../../apis/apps/numbered-annotations.ts'
import { schema } from '../../apis/schema.ts'
import { placeInNamespace } from '../../registry/create.ts'
import type { Change } from '../../registry/update.ts'
import type { ApiHost } from '../api-host.ts'
import type { Body } from './body.ts'
import type { PatchedKind } from './patch-body.ts'
import type { FieldValidation } from './write-options.ts'
import { checkName } from './written-object.ts'

export interface ApplyOptions {
  readonly endpoint: ManagedEndpoint
  /** The name in the address. */
  readonly name: string
  readonly manager: string
  readonly isForced: boolean
  readonly fieldValidation: FieldValidation
  readonly nowMs: () => number
  warn(text: string): void
}

type AppliedText = Pick<Body, 'text' | 'broken'>

/** What an applied text says, and which of its keys it says twice. */
interface Configuration {
  readonly value: Record<string, unknown>
  readonly duplicates: readonly string[]
}

/** `body` is read in the turn, when it is known whether there is an object. */
export function applyChangeOf(
  host: Pick<ApiHost, 'decode' | 'applyDefaults' | 'namespace'>,
  kind: PatchedKind,
  body: AppliedText,
  options: ApplyOptions,
): Change {
  let configuration: Configuration | undefined
  return (current) => {
    configuration ??= readConfiguration(body, options.fieldValidation !== 'Ignore')
    const object = applyTo(host, kind, configuration.value, current, options)
    reportDuplicates(configuration.duplicates, options)
    if (current === undefined && (object.metadata.uid ?? '') !== '') {
      const said = `the provided object specified uid ${object.metadata.uid ?? ''}`
      const why = `uid mismatch: ${said}, and no existing object was found`
      throw conflictError({ group: kind.group, resource: kind.resource }, options.name, why)
    }
    placeInNamespace(host, object)
    checkName(options.name, object)
    return object
  }
}

function readConfiguration({ text, broken }: AppliedText, tellsDuplicates: boolean): Configuration {
  const duplicates: string[] = []
  const value = parseText(broken ?? text, tellsDuplicates ? (complaint) => duplicates.push(complaint) : undefined) ?? {}
  if (!isJsonObject(value)) {
    const why = `json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`
    throw badRequestError(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${why}`)
  }
  return { value, duplicates }
}

/**
 * JSON is YAML, too, and what programs send: it is read as what it is where there is no difference. Numbers that are
 * more than their digits are others in YAML, and duplicates are told of in its words.
 */
function parseText(text: string | Uint8Array, onDuplicate: ((complaint: string) => void) | undefined): unknown {
  if (typeof text === 'string' && /^[ \n]*\{/.test(text) && !YAML_BREAK.test(text)) {
    try {
      const value = readJson(text, { keepsWritten: 'all' })
      const fault = yamlFaultOf(text)
      if (fault !== undefined) throw unreadable(fault)
      if (isTooLongInYaml(text)) return readYaml(text, onDuplicate, true)
      const isPlain = onDuplicate === undefined || duplicateFields(text, value).length === 0
      if (isPlain && !holdsWritten(value)) return value
    } catch (error) {
      // Flow style YAML, or an error that YAML has the words for.
      if (!(error instanceof JsonError)) throw error
    }
  }
  try {
    return readYaml(text, onDuplicate, true)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw unreadable(error.message)
  }
}

function unreadable(why: string): Error {
  return badRequestError(`error decoding YAML: error converting YAML to JSON: ${why}`)
}

function reportDuplicates(duplicates: readonly string[], { fieldValidation, warn }: ApplyOptions): void {
  if (duplicates.length === 0) return
  if (fieldValidation !== 'Strict') return duplicates.forEach(warn)
  const complaint = `error converting YAML to JSON: ${formatYamlDuplicates(duplicates)}`
  throw badRequestError(`error strict decoding YAML: ${complaint}`)
}

function applyTo(
  host: Pick<ApiHost, 'decode' | 'applyDefaults'>,
  kind: PatchedKind,
  value: Record<string, unknown>,
  current: AnyObject | undefined,
  options: ApplyOptions,
): AnyObject {
  const { endpoint, manager, isForced } = options
  const live = current === undefined ? undefined : endpoint.plain?.(current) ?? current
  const applied = checkConfiguration(endpoint, kind, value, live)
  const result = apply(endpoint, live, applied, { manager, isForced, nowMs: options.nowMs() })
  if (result.object !== undefined && endpoint.isOneWay === true) {
    throw unclassifiedError(`failed to convert new object (${formatObject(value)}) to proper version: ${noWay(kind)}`)
  }
  const object = result.object === undefined
    ? cloneJson(withoutManagedFields(current ?? endpoint.empty))
    : decodeMerged(host, kind, result.object, value)
  if (result.managedFields !== undefined) object.metadata.managedFields = result.managedFields
  refreshLastApplied(object, applied.object, manager, fieldAnnotationOf(kind))
  return object
}

function apply(
  endpoint: ManagedEndpoint,
  live: AnyObject | undefined,
  applied: Applied,
  writer: { readonly manager: string; readonly isForced: boolean; readonly nowMs: number },
): ApplyResult {
  if (endpoint.mayHaveChanged && live !== undefined) checkLive(endpoint, live)
  try {
    return applyTakingOver(endpoint, live, applied, writer)
  } catch (error) {
    if (error instanceof VersionError) throw unclassifiedError(error.message)
    if (error instanceof ValueError && live !== undefined) checkLive(endpoint, live)
    throw error instanceof ConflictError ? conflictStatus(error.conflicts) : error
  }
}

/** Of what is seen in the form of another kind (the scale of a custom resource). */
function noWay(kind: PatchedKind): string {
  return `request to convert CR to an invalid group/version: ${formatGroupVersion(kind)}`
}

/** @throws ApiStatusError 500 for an object that does not fit its schema, which validation let pass, or another schema */
function checkLive(endpoint: ManagedEndpoint, live: AnyObject): void {
  const fault = typeFaultOf(endpoint, live)
  if (fault === undefined) return
  const which = `(${formatObject({ ...live })})`
  throw unclassifiedError((live.metadata.managedFields ?? []).length > 0
    ? `failed to create typed live object ${which}: ${fault}`
    : `failed to create manager for existing fields: failed to convert new object ${which} to smd typed: ${fault}`)
}

/** @throws ApiStatusError 400 for another kind or managed fields, 500 for what does not fit the schema. */
function checkConfiguration(
  endpoint: ManagedEndpoint,
  kind: PatchedKind,
  value: Record<string, unknown>,
  live: AnyObject | undefined,
): Applied {
  const { apiVersion, kind: said, metadata } = value
  const version = textOf(apiVersion)
  if (version !== formatGroupVersion(kind) || said !== kind.kind) {
    throw badRequestError(`invalid object type: ${formatKind(version, textOf(said))}`)
  }
  // An apply where nobody owns anything needs a way to what is there.
  if (endpoint.isOneWay === true && live !== undefined && live.metadata.managedFields === undefined) {
    const why = `failed to convert live object (/; ${formatKind(version, kind.kind)}) to proper version: ${noWay(kind)}`
    throw unclassifiedError(`failed to create manager for existing fields: ${why}`)
  }
  // Whoever it was before managed fields were is given what there is, before anybody looks at what is applied.
  const isUnmanaged = live !== undefined && (live.metadata.managedFields ?? []).length === 0
  if (isUnmanaged && endpoint.mayHaveChanged) checkLive(endpoint, live)
  if (isJsonObject(metadata) && saysManagers(metadata['managedFields'])) {
    throw badRequestError('metadata.managedFields must be nil')
  }
  try {
    const object = { ...value, apiVersion: version, kind: kind.kind, metadata: isJsonObject(metadata) ? metadata : {} }
    return { object, fields: fieldsOfApplied(endpoint, value) }
  } catch (error) {
    if (!(error instanceof TypedError)) throw error
    throw unclassifiedError(`failed to create typed patch object (${formatObject(value)}): ${error.message}`)
  }
}

/** Upstream takes a list in which an entry is none for none at all: its schema has the word for what is wrong. */
function saysManagers(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false
  try {
    for (const entry of entries as readonly unknown[]) {
      if (!isJsonObject(entry)) return false
      decodeObject(schema, 'V1ManagedFieldsEntry', entry, { convertsNumbers: true })
    }
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

function decodeMerged(
  host: Pick<ApiHost, 'decode' | 'applyDefaults'>,
  kind: PatchedKind,
  merged: AnyObject,
  value: Record<string, unknown>,
): AnyObject {
  try {
    // Upstream takes what was merged as it is: a null where the schema allows none, or a field that it does not know,
    // is refused, or a change at least.
    const { object } = host.decode(kind, merged, { keepsUnfit: true, convertsNumbers: true })
    object.kind = kind.kind
    object.apiVersion = formatGroupVersion(kind)
    host.applyDefaults(kind, object)
    return object
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    if (error instanceof UnconvertibleError) {
      throw unclassifiedError(`failed to convert to unversioned (${formatObject(value)}): ${error.message}`)
    }
    const target = formatKind(formatGroupVersion(kind), kind.kind)
    throw unclassifiedError(`failed to convert new object (${formatObject(value)}) to proper version: ` +
      `unable to convert unstructured object to ${target}: ${error.inConversion()}`)
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** `apps/v1, Kind=Deployment`; the core group is empty. */
function formatKind(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`
}

/** Namespace, name and kind of a configuration, as upstream's log messages have them. */
function formatObject({ apiVersion, kind, metadata }: Record<string, unknown>): string {
  const { namespace, name } = isJsonObject(metadata) ? metadata : {}
  return `${textOf(namespace)}/${textOf(name)}; ${formatKind(textOf(apiVersion), textOf(kind))}`
}

/**
 * Calls the conversion webhook of a definition (ConversionReview of apiextensions.k8s.io, v1 or v1beta1) and believes
 * it no more than upstream does: as many objects as were sent, of the right version, with the same identity; of their
 * metadata only labels and annotations count, and those have to be some (k8s.io/apiextensions-apiserver
 * pkg/apiserver/conversion/webhook_converter.go).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatFieldErrors } from '../../apimachinery/field-path.ts'
import { validateAnnotations, validateLabels } from '../../apimachinery/metadata-validation.ts'
import { equalJson, isJsonObject, type JsonObject } from '../../apimachinery/patch/json-value.ts'
import { unclassifiedError } from '../../apimachinery/status-error.ts'
import type { ConversionNeeded } from '../../apis/custom/conversion.ts'
import { goType } from '../../apis/custom/scale-paths.ts'
import type { ApiHost } from '../api-host.ts'
import type { ConversionFailure } from '../operations/metrics/conversion-metrics.ts'
import { GROUP, KIND, convertedObjects, readReview, textOf, unreadableObject, versionOf } from './review-answer.ts'

/** What a conversion needs of the object it runs in. */
export interface Converting extends Pick<ApiHost, 'random' | 'clock' | 'operations'> {
  readonly calls: Pick<ApiHost['calls'], 'callWebhook'>
}

/** A review is written in the first of these that the webhook says it reads. */
const REVIEW_VERSIONS: readonly string[] = ['v1', 'v1beta1']

/** What the webhook did, as clients are told it, and as what it is counted. */
class WebhookFailed extends Error {
  readonly failure: ConversionFailure

  constructor(failure: ConversionFailure, message: string) {
    super(message)
    this.failure = failure
  }
}

/** Converts what a request needs, and keeps it with the request. @throws ApiStatusError 500 */
export async function convert(host: Converting, needed: ConversionNeeded): Promise<void> {
  const { clock, operations: { metrics } } = host
  const { conversion, objects, target } = needed
  const startMs = clock.now()
  const [from, to] = [versionOf(objects[0]?.apiVersion ?? target), versionOf(target)]
  const ended = (isDone: boolean): void => {
    const labels = { name: conversion.name, from, to, isDone }
    metrics.conversions.converted(labels, clock.now() - startMs)
  }
  try {
    await askWebhook(host, needed)
    metrics.conversions.called(undefined, clock.now() - startMs)
    ended(true)
  } catch (error) {
    ended(false)
    if (!(error instanceof WebhookFailed)) throw error
    metrics.conversions.called(error.failure, clock.now() - startMs)
    throw unclassifiedError(error.message)
  }
}

async function askWebhook({ random, calls }: Converting, needed: ConversionNeeded): Promise<void> {
  const { conversion: { webhook }, objects, target } = needed
  const version = webhook.conversionReviewVersions.find((one) => REVIEW_VERSIONS.includes(one))
  if (version === undefined) throw unclassifiedError('no supported conversion review versions')
  const asked = { apiVersion: `${GROUP}/${version}`, uid: random.uuid() }
  const request = { uid: asked.uid, desiredAPIVersion: target, objects: objects.map(unversioned) }
  // Upstream sends what is to be filled in, too.
  const response = { uid: '', convertedObjects: null, result: { metadata: {} } }
  const review = JSON.stringify({ kind: KIND, apiVersion: asked.apiVersion, request, response })
  let failure: ConversionFailure = 'call'
  try {
    const answer = readReview(await calls.callWebhook(webhook.clientConfig ?? {}, review), asked.apiVersion)
    failure = 'malformed_response'
    keepConverted(needed, convertedObjects(answer, asked))
  } catch (error) {
    if (error instanceof WebhookFailed) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new WebhookFailed(failure, `${subjectOf(needed)} failed: ${why}`)
  }
}

/** Keeps what the webhook made of the objects, once each is what it may be. @throws WebhookFailed */
function keepConverted(needed: ConversionNeeded, converted: readonly unknown[]): void {
  const { conversion, objects, target } = needed
  const strange = (failure: ConversionFailure, why: string): Error =>
    new WebhookFailed(failure, `${subjectOf(needed)} returned ${why}`)
  if (converted.length !== objects.length) {
    const counts = `${String(converted.length)} objects, expected ${String(objects.length)}`
    throw strange('partial_response', counts)
  }
  for (const [index, object] of objects.entries()) {
    const result = converted[index]
    const isOne = objects.length === 1
    const unreadable = unreadableObject(result)
    if (unreadable !== undefined && isOne) throw new WebhookFailed('invalid_converted_object', unreadable)
    const problem = problemOf(object, result, target, isOne ? undefined : index)
    if (problem !== undefined) throw strange('invalid_converted_object', problem)
    conversion.keep(object, result as AnyObject)
  }
}

function subjectOf({ objects, target }: ConversionNeeded): string {
  const { apiVersion = target, kind = '' } = objects[0] ?? {}
  return `conversion webhook for ${apiVersion}, Kind=${kind}`
}

/** As it is stored: of no revision yet. */
function unversioned({ metadata: { resourceVersion: _resourceVersion, ...metadata }, ...rest }: AnyObject): AnyObject {
  return { ...rest, metadata }
}

/** What is wrong with a converted object; undefined: nothing. `index`: where it is among several. */
function problemOf(
  original: AnyObject,
  converted: unknown,
  target: string,
  index: number | undefined,
): string | undefined {
  const several = index === undefined ? undefined : `invalid converted object at index ${String(index)}`
  const unreadable = unreadableObject(converted)
  if (unreadable !== undefined || !isJsonObject(converted)) return `${several ?? ''}: ${unreadable ?? ''}`
  const type = typeProblem(original, converted, target)
  if (type !== undefined) return `${several ?? 'invalid object at index 0'}: ${type}`
  const identity = identityProblem(original, converted['metadata'])
  if (identity !== undefined) return `${several ?? 'invalid object'}: ${identity}`
  const metadata = metadataProblem(original, converted['metadata'])
  if (metadata === undefined) return undefined
  return `invalid metadata${index === undefined ? '' : ` in object at index ${String(index)}`}: ${metadata}`
}

function typeProblem(original: AnyObject, converted: JsonObject, target: string): string | undefined {
  const [apiVersion, kind] = ['apiVersion', 'kind'].map((field) => textOf(converted[field])) as [string, string]
  if (apiVersion !== target) return `invalid groupVersion (expected ${target}, received ${apiVersion})`
  return kind === original.kind ? undefined : `invalid kind (expected ${original.kind}, received ${kind})`
}

const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const

function identityProblem(original: AnyObject, metadata: unknown): string | undefined {
  for (const [field, word] of IDENTITY) {
    const was = original.metadata[field] ?? ''
    const said = isJsonObject(metadata) ? metadata[field] : undefined
    const is = typeof said === 'string' ? said : ''
    if (was !== is) return `must have the same ${word}: ${was} != ${is}`
  }
  return undefined
}

/** Labels and annotations are what a webhook may change; they have to be what any object's are. */
function metadataProblem(original: AnyObject, metadata: unknown): string | undefined {
  if (metadata === undefined) return 'missing metadata in converted object'
  if (!isJsonObject(metadata)) return `invalid metadata of type ${goType(metadata)} in converted object`
  for (const field of ['labels', 'annotations'] as const) {
    const map = metadata[field] ?? undefined
    if (map === undefined) continue
    if (!isJsonObject(map)) return `invalid metadata.${field} of type ${goType(map)} in converted object`
    for (const [key, value] of Object.entries(map)) {
      if (typeof value === 'string') continue
      return `metadata.${field}[${key}] must be a string, but is ${goType(value)} in converted object`
    }
    const texts = map as Record<string, string>
    if (equalJson(texts, original.metadata[field] ?? {})) continue
    const errors =
      field === 'labels' ? validateLabels(texts, 'metadata.labels') : validateAnnotations(texts, 'metadata.annotation')
    if (errors.length > 0) return formatFieldErrors(errors)
  }
  return undefined
}

/**
 * Calls the conversion webhook of a definition (ConversionReview of apiextensions.k8s.io/v1) and believes it no more
 * than upstream does: as many objects as were sent, of the right version, with the same identity; of their metadata
 * only labels and annotations count (k8s.io/apiextensions-apiserver pkg/apiserver/conversion/webhook_converter.go).
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import { isJsonObject } from '../../apimachinery/patch/json-value.ts'
import { unclassifiedError } from '../../apimachinery/status-error.ts'
import type { ConversionNeeded } from '../../apis/custom/conversion.ts'
import type { V1WebhookConversion } from '../../apis/generated/types.ts'
import type { ApiHost } from '../api-host.ts'

/** What a conversion needs of the object it runs in. */
export interface Converting extends Pick<ApiHost, 'random'> {
  readonly calls: Pick<ApiHost['calls'], 'callWebhook'>
}

const REVIEW = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview' }

/** Converts what a request needs, and keeps it with the request. @throws ApiStatusError 500 */
export async function convert({ random, calls }: Converting, needed: ConversionNeeded): Promise<void> {
  const { conversion, objects, target } = needed
  const { webhook } = conversion
  const failed = (why: string): Error => unclassifiedError(`conversion webhook for ${kindOf(needed)} failed: ${why}`)
  const strange = (why: string): Error => unclassifiedError(`conversion webhook for ${kindOf(needed)} returned ${why}`)
  if (!webhook.conversionReviewVersions.includes('v1')) {
    throw unclassifiedError('no supported conversion review versions')
  }
  const uid = random.uuid()
  const review = { ...REVIEW, request: { uid, desiredAPIVersion: target, objects } }
  const answer = await call(calls, webhook, JSON.stringify(review), failed)
  const converted = convertedObjects(answer, uid, failed)
  if (converted.length !== objects.length) {
    throw strange(`${String(converted.length)} objects, expected ${String(objects.length)}`)
  }
  for (const [index, object] of objects.entries()) {
    const result = converted[index]
    const problem = problemOf(object, result, target)
    if (problem !== undefined) throw strange(`invalid converted object at index ${String(index)}: ${problem}`)
    conversion.keep(object, result as AnyObject)
  }
}

function kindOf({ objects, target }: ConversionNeeded): string {
  const { apiVersion = target, kind = '' } = objects[0] ?? {}
  return `${apiVersion}, Kind=${kind}`
}

async function call(
  calls: Converting['calls'],
  { clientConfig = {} }: V1WebhookConversion,
  body: string,
  failed: (why: string) => Error,
): Promise<unknown> {
  let text: string
  try {
    text = await calls.callWebhook(clientConfig, body)
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error))
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw failed('the answer is not JSON')
  }
}

function convertedObjects(answer: unknown, uid: string, failed: (why: string) => Error): readonly unknown[] {
  const { apiVersion = '', kind = '', response } = (isJsonObject(answer) ? answer : {}) as Record<string, unknown>
  if (apiVersion !== REVIEW.apiVersion || kind !== REVIEW.kind) {
    const said = `${String(apiVersion)}, Kind=${String(kind)}`
    throw failed(`expected webhook response of ${REVIEW.apiVersion}, Kind=${REVIEW.kind}, got ${said}`)
  }
  if (!isJsonObject(response)) throw failed('no response provided')
  const saidUid = typeof response['uid'] === 'string' ? response['uid'] : ''
  if (saidUid !== uid) throw failed(`expected response.uid="${uid}", got "${saidUid}"`)
  const result = isJsonObject(response['result']) ? response['result'] : {}
  const { status = '', message = '' } = result as { status?: string; message?: string }
  if (status !== 'Success') {
    throw failed(message === '' ? `response.result.status was '${status}', not 'Success'` : message)
  }
  const objects = response['convertedObjects']
  return Array.isArray(objects) ? (objects as unknown[]) : []
}

/** What is wrong with a converted object; undefined: nothing. */
function problemOf(original: AnyObject, converted: unknown, target: string): string | undefined {
  if (!isJsonObject(converted)) return 'it is no object'
  const { apiVersion = '', kind = '', metadata } = converted as { apiVersion?: string; kind?: string; metadata?: unknown }
  if (apiVersion !== target) return `invalid groupVersion (expected ${target}, received ${apiVersion})`
  if (kind !== original.kind) return `invalid kind (expected ${original.kind}, received ${kind})`
  if (metadata === undefined) return 'missing metadata in converted object'
  if (!isJsonObject(metadata)) return 'invalid metadata of type in converted object'
  for (const [field, word] of IDENTITY) {
    const [was = '', is = ''] = [original.metadata[field], metadata[field]]
    if (was !== is) return `must have the same ${word}: ${was} != ${String(is)}`
  }
  return undefined
}

const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const

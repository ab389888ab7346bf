/**
 * Who may say what of a request for a certificate: approvers set Approved and Denied, signers the certificate and
 * Failed; nothing said is taken back. Upstream: kubernetes/kubernetes pkg/apis/certificates/validation/validation.go,
 * pkg/registry/certificates/certificates/strategy.go.
 */
import {
  childPath, duplicate, forbidden, goJson, indexPath, invalid, notSupported, ofNamedType, quote, required,
} from '../../../apimachinery/field-path.ts'
import type { FieldError } from '../../../apimachinery/field-path.ts'
import { formatTime } from '../../../apimachinery/meta.ts'
import { unifiedDiff } from '../../../lib/unified-diff.ts'
import type { V1CertificateSigningRequest, V1CertificateSigningRequestCondition } from '../../generated/types.ts'
import { isEqual, itemsOf } from '../../validation/rules.ts'

const AT = 'status.conditions'
const CERTIFICATE_AT = 'status.certificate'
const APPROVAL = ['Approved', 'Denied'] as const
/** There is no such thing as not having been approved. */
const ALWAYS_TRUE = new Set(['Approved', 'Denied', 'Failed'])

export type Conditions = readonly V1CertificateSigningRequestCondition[]

export function conditionsOf({ status }: V1CertificateSigningRequest): Conditions {
  return itemsOf(status?.conditions)
}

function ofType(request: V1CertificateSigningRequest, type: string): Conditions {
  return conditionsOf(request).filter((condition) => condition.type === type)
}

/** Times that the caller left out; a condition that said the same before keeps the time of its transition. */
export function withTimes(conditions: Conditions, before: Conditions, nowMs: number): Conditions {
  const now = formatTime(nowMs)
  return conditions.map((condition) => {
    const same = before.find(({ type, status }) => type === condition.type && status === condition.status)
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? same?.lastTransitionTime ?? now,
    }
  })
}

/** Conditions of approvers as they were, where as many are there: a signer's old copy of them takes nothing back. */
export function withApprovalsKept(next: Conditions, before: Conditions): Conditions {
  let kept = next
  for (const wanted of APPROVAL) {
    const old = before.filter(({ type }) => type === wanted)
    if (kept.filter(({ type }) => type === wanted).length !== old.length) continue
    let place = 0
    kept = kept.map((condition) => (condition.type === wanted ? (old[place++] ?? condition) : condition))
  }
  return kept
}

/** Each condition for itself, and together. What was wrong before may stay. */
export function validateConditions(
  request: V1CertificateSigningRequest,
  old?: V1CertificateSigningRequest,
): FieldError[] {
  const before = old === undefined ? [] : conditionsOf(old)
  const types = before.map(({ type }) => type)
  const hadBoth = APPROVAL.every((type) => types.includes(type))
  const hadDuplicates = new Set(types).size < types.length
  const hadEmpty = types.includes('')
  const seen = new Set<string>()
  return conditionsOf(request).flatMap(({ type, status }, index) => {
    const at = indexPath(AT, index)
    const errors: FieldError[] = type === '' && !hadEmpty ? [required(childPath(at, 'type'))] : []
    const allowed = ALWAYS_TRUE.has(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (status === '') errors.push(required(childPath(at, 'status')))
    else if (!allowed.includes(status)) errors.push(notSupported(childPath(at, 'status'), status, allowed))
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (!hadBoth && opposite !== undefined && seen.has(opposite)) {
      errors.push(invalid(AT, type, 'Approved and Denied conditions are mutually exclusive'))
    }
    if (!hadDuplicates && seen.has(type)) errors.push(duplicate(childPath(at, 'type'), ofNamedType(type)))
    seen.add(type)
    return errors
  })
}

export interface Rights {
  readonly setsApproval: boolean
  readonly setsCertificate: boolean
}

/** What this endpoint may change of the status. */
export function validateStatusChange(
  next: V1CertificateSigningRequest,
  old: V1CertificateSigningRequest,
  { setsApproval, setsCertificate }: Rights,
): FieldError[] {
  const errors = [...APPROVAL, 'Failed'].flatMap((type) =>
    ofType(next, type).length < ofType(old, type).length
      ? [forbidden(AT, `updates may not remove a condition of type ${quote(type)}`)]
      : [],
  )
  if (!setsApproval) errors.push(...APPROVAL.flatMap((type) => validateUntouched(next, old, type)))
  const [now, before] = [next.status?.certificate ?? '', old.status?.certificate ?? '']
  if (now === before) return errors
  if (!setsCertificate) return [...errors, forbidden(CERTIFICATE_AT, 'updates may not set certificate content')]
  if (before === '') return errors
  return [...errors, forbidden(CERTIFICATE_AT, 'updates may not modify existing certificate content')]
}

function validateUntouched(
  next: V1CertificateSigningRequest,
  old: V1CertificateSigningRequest,
  type: string,
): FieldError[] {
  const [now, before] = [ofType(next, type), ofType(old, type)]
  // What was removed is told of already.
  if (now.length < before.length || isEqual(now, before)) return []
  const which = `a condition of type ${quote(type)}`
  if (now.length > before.length) return [forbidden(AT, `updates may not add ${which}`)]
  const diff = unifiedDiff(goJson(before.map(printed), 1), goJson(now.map(printed), 1))
  return [forbidden(AT, `updates may not modify ${which}\n${diff}`)]
}

/** In the names of upstream's internal type, which has no others. */
function printed(condition: V1CertificateSigningRequestCondition): object {
  const { type, status, reason = '', message = '', lastUpdateTime, lastTransitionTime } = condition
  return {
    Type: type,
    Status: status,
    Reason: reason,
    Message: message,
    LastUpdateTime: lastUpdateTime ?? null,
    LastTransitionTime: lastTransitionTime ?? null,
  }
}

/** Validation of APIService. Upstream: k8s.io/kube-aggregator pkg/apis/apiregistration/validation/validation.go. */
import type { FieldError } from '../../apimachinery/field-path.ts'
import { childPath, indexPath, invalid, notSupported, quote, required } from '../../apimachinery/field-path.ts'
import { isDns1035Label, isDns1123Subdomain, isPathSegmentName, isValidPortNumber } from '../../apimachinery/names.ts'
import type { ObjectFacts } from '../define-kind.ts'
import type { V1APIService, V1APIServiceSpec } from '../generated/types.ts'
import { invalidFor, itemsOf } from '../validation/rules.ts'

const MAX_GROUP_PRIORITY = 20_000
const MAX_VERSION_PRIORITY = 1_000
const STATUSES = ['True', 'False', 'Unknown']

/** Upstream judges the name first of all metadata. */
export function validateApiService(next: V1APIService, facts?: ObjectFacts): FieldError[] {
  return [...validateName(next), ...(facts?.metadataAgain() ?? []), ...validateSpec(next)]
}

function validateName({ metadata, spec }: V1APIService): FieldError[] {
  const { name = '', generateName = '' } = metadata
  const { group = '', version = '' }: Partial<V1APIServiceSpec> = spec ?? {}
  const wanted = `${version}.${group}`
  const errors: FieldError[] = []
  for (const [field, said] of [['metadata.generateName', generateName], ['metadata.name', name]] as const) {
    if (said === '' || said === wanted || isPathSegmentName(said).length > 0) continue
    errors.push(invalid(field, said, `must be \`spec.version+"."+spec.group\`: ${quote(wanted)}`))
  }
  return errors
}

function validateSpec({ spec }: V1APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0, service }: Partial<V1APIServiceSpec> =
    spec ?? {}
  const errors: FieldError[] = []
  if (group === '' && version !== 'v1') {
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'))
  }
  if (group !== '') errors.push(...invalidFor('spec.group', group, isDns1123Subdomain(group)))
  errors.push(...invalidFor('spec.version', version, isDns1035Label(version)))
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > MAX_GROUP_PRIORITY) {
    const why = 'must be positive and less than 20000'
    errors.push(invalid('spec.groupPriorityMinimum', groupPriorityMinimum, why))
  }
  if (versionPriority <= 0 || versionPriority > MAX_VERSION_PRIORITY) {
    errors.push(invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000'))
  }
  return [...errors, ...(service === undefined ? validateLocal(spec) : validateRemote(spec, service))]
}

function validateLocal(spec: V1APIServiceSpec | undefined): FieldError[] {
  const { caBundle = '', insecureSkipTLSVerify = false } = spec ?? {}
  const errors: FieldError[] = []
  if (caBundle !== '') {
    const size = `${String(atob(caBundle).length)} bytes`
    errors.push(invalid('spec.caBundle', size, 'local APIServices may not have a caBundle'))
  }
  if (insecureSkipTLSVerify) {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'))
  }
  return errors
}

function validateRemote(
  spec: V1APIServiceSpec | undefined,
  { namespace = '', name = '', port = 0 }: NonNullable<V1APIServiceSpec['service']>,
): FieldError[] {
  const errors: FieldError[] = []
  if (namespace === '') errors.push(required('spec.service.namespace'))
  if (name === '') errors.push(required('spec.service.name'))
  const messages = isValidPortNumber(port)
  if (messages.length > 0) errors.push(invalid('spec.service.port', port, `port is not valid: ${messages.join(', ')}`))
  if (spec?.insecureSkipTLSVerify === true && (spec.caBundle ?? '') !== '') {
    errors.push(invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'))
  }
  return errors
}

export function validateApiServiceStatus({ status }: V1APIService): FieldError[] {
  return itemsOf(status?.conditions).flatMap((condition, index) =>
    STATUSES.includes(condition.status)
      ? []
      : [notSupported(childPath(indexPath('status.conditions', index), 'status'), condition.status, STATUSES)],
  )
}

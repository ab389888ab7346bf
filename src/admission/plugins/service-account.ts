/**
 * Every pod runs as a service account of its namespace: the name is filled in, the account must exist, its pull
 * secrets are taken over, and a token for the API is mounted unless pod or account say no
 * (plugin/pkg/admission/serviceaccount).
 * Differs: upstream waits up to two seconds for `default` to appear; here it is made with the namespace, so that a
 * turn need not wait.
 */
import { quote } from '../../apimachinery/field-path.ts'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.ts'
import type { AdmittedPod, ServiceAccount } from '../pod.ts'
import { isPodWrite, podOf } from '../pod.ts'
import { refusal } from '../refuse.ts'
import { refuseForeignSecrets, usesSecrets } from './service-account-secrets.ts'
import { mountToken } from './service-account-token-volume.ts'

const DEFAULT_ACCOUNT = 'default'
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'
const MOUNTABLE_SECRETS_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets'

/** What Go's strconv.ParseBool takes for true. */
const TRUE_TEXTS: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: (attributes) =>
    attributes.operation === 'CREATE'
      ? isPodWrite(attributes) && attributes.subresource === ''
      : attributes.operation === 'UPDATE' && attributes.subresource === 'ephemeralcontainers' && isPodWrite(
        attributes,
        'ephemeralcontainers',
      ),
  admit(attributes, context) {
    if (attributes.operation !== 'CREATE') return
    const pod = podOf(attributes.object)
    // The spec of a mirror pod must stay what its node has; it is only checked.
    if (!isMirror(pod)) fillIn(attributes, pod, context)
    check(attributes, pod, context)
  },
  validate(attributes, context) {
    check(attributes, podOf(attributes.object), context)
  },
}

function isMirror({ metadata }: AdmittedPod): boolean {
  return metadata.annotations?.[MIRROR_ANNOTATION] !== undefined
}

function fillIn(attributes: AdmissionAttributes, pod: AdmittedPod, context: AdmissionContext): void {
  const { spec } = pod
  const name = spec.serviceAccountName || spec.serviceAccount || DEFAULT_ACCOUNT
  spec.serviceAccountName = name
  spec.serviceAccount = name
  const account = accountOf(attributes, context, name)
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod, context.uuid)
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
    spec.imagePullSecrets = (account.imagePullSecrets ?? []).map(({ name: secret = '' }) => ({ name: secret }))
  }
}

function check(attributes: AdmissionAttributes, pod: AdmittedPod, context: AdmissionContext): void {
  const isEphemeral = attributes.subresource === 'ephemeralcontainers'
  if (!isEphemeral && isMirror(pod)) {
    checkMirror(attributes, pod)
    return
  }
  const name = pod.spec.serviceAccountName ?? ''
  if (name === '') {
    throw refusal(attributes, `no service account specified for pod ${attributes.namespace}/${pod.metadata.name ?? ''}`)
  }
  const account = accountOf(attributes, context, name)
  const enforces = account.metadata.annotations?.[MOUNTABLE_SECRETS_ANNOTATION] ?? ''
  if (TRUE_TEXTS.has(enforces)) refuseForeignSecrets(attributes, pod, account, isEphemeral)
}

function checkMirror(attributes: AdmissionAttributes, pod: AdmittedPod): void {
  if ((pod.spec.serviceAccountName ?? '') !== '') throw refusal(
    attributes,
    'a mirror pod may not reference service accounts',
  )
  if (usesSecrets(pod)) throw refusal(attributes, 'a mirror pod may not reference secrets')
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? [])
  if (sources.some((source) => source.serviceAccountToken !== undefined)) {
    throw refusal(attributes, 'a mirror pod may not use ServiceAccountToken volume projections')
  }
}

function accountOf(attributes: AdmissionAttributes, context: AdmissionContext, name: string): ServiceAccount {
  const account = context.find<ServiceAccount>('serviceaccounts', name)
  if (account !== undefined) return account
  throw refusal(
    attributes,
    `error looking up service account ${attributes.namespace}/${name}: serviceaccount ${quote(name)} not ` +
      'found',
  )
}

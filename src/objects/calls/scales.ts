/**
 * The scale of whatever controls a pod, asked of the API of its namespace as the disruption controller does it upstream
 * (k8s.io/client-go scale): custom resources have theirs where their definition says.
 */
import { formatGroupVersion, parseGroupVersion } from '../../apimachinery/meta.ts'
import type { OwnerReference } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { V1Scale } from '../../apis/generated/types.ts'
import { answerRequest } from '../../apiserver/chain.ts'
import { controllerUser } from '../../auth/user.ts'
import type { Scale } from '../../controllers/disruption/plan.ts'
import type { Scope } from '../scope/scope.ts'

/** Undefined: the object is not there. @throws Error when the kind is unknown, has no scale, or it cannot be read */
export async function scaleHere(
  { host, kinds }: Pick<Scope, 'host' | 'kinds'>,
  { apiVersion, kind, name }: OwnerReference,
): Promise<Scale | undefined> {
  const groupVersion = parseGroupVersion(apiVersion) ?? { group: '', version: apiVersion }
  const definition = await kinds.ofKind({ ...groupVersion, kind })
  if (definition === undefined) {
    const said = JSON.stringify(formatGroupVersion(groupVersion))
    throw new Error(`no matches for kind ${JSON.stringify(kind)} in version ${said}`)
  }
  if (!definition.subresources.some((one) => one.name === 'scale')) {
    throw new Error(`${storeResource(definition)} does not implement the scale subresource`)
  }
  const root = groupVersion.group === '' ? 'api' : 'apis'
  const path = `${root}/${formatGroupVersion(groupVersion)}/namespaces/${host.namespace}/${definition.resource}`
  const request = new Request(`https://scope/${path}/${name}/scale`)
  const response = await answerRequest(host, request, controllerUser('disruption-controller'))
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error((await response.json<Status>()).message ?? '')
  const { metadata, spec } = await response.json<V1Scale>()
  return { uid: metadata.uid ?? '', replicas: spec?.replicas ?? 0 }
}

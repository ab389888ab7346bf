/**
 * Types of which one field at most is set, and the field that says which, as OpenAPI tells it: `+union` and
 * `+unionDiscriminator` in upstream's types (k8s.io/api {core,flowcontrol}/v1/types.go; k8s.io/kube-openapi
 * pkg/generators/union.go).
 */
interface Union {
  readonly discriminator?: string
  readonly members: readonly string[]
}

const UNIONS: Readonly<Record<string, Union>> = {
  FlowcontrolV1Subject: { discriminator: 'kind', members: ['group', 'serviceAccount', 'user'] },
  V1AppArmorProfile: { discriminator: 'type', members: ['localhostProfile'] },
  V1LimitResponse: { discriminator: 'type', members: ['queuing'] },
  V1PodSchedulingGroup: { members: ['podGroupName'] },
  V1PriorityLevelConfigurationSpec: { discriminator: 'type', members: ['exempt', 'limited'] },
  V1SeccompProfile: { discriminator: 'type', members: ['localhostProfile'] },
}

export function unionsOf(type: string): { 'x-kubernetes-unions'?: unknown } {
  const union = UNIONS[type]
  if (union === undefined) return {}
  const { discriminator, members } = union
  const values = members.map((name) => [name, name.charAt(0).toUpperCase() + name.slice(1)] as const)
  const fields = { 'fields-to-discriminateBy': Object.fromEntries(values) }
  return { 'x-kubernetes-unions': [discriminator === undefined ? fields : { discriminator, ...fields }] }
}

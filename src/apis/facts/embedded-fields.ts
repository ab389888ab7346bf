/**
 * Structs that upstream embeds in others. On the wire nothing shows of them, but messages of decoding name them on the
 * way to a field: `spec.volumes.VolumeSource.secret`. By type: the embedded struct, and which fields are in it or which
 * are not (k8s.io/api v0.36 {group}/{version}/types.go, json:",inline").
 */
import type { EmbeddedStruct } from '../../apimachinery/schema/schema.ts'

const REFERENCE: EmbeddedStruct = { goName: 'LocalObjectReference', fields: ['name'] }
const CONFIGURATION: EmbeddedStruct = { goName: 'DeviceConfiguration', fields: ['opaque'] }
const RULE = ['apiGroups', 'apiVersions', 'resources', 'scope']

export const EMBEDDED_STRUCTS: Readonly<Record<string, readonly EmbeddedStruct[]>> = {
  V1Volume: [{ goName: 'VolumeSource', allBut: ['name'] }],
  V1PersistentVolumeSpec: [
    {
      goName: 'PersistentVolumeSource',
      allBut: [
        'accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy',
        'storageClassName', 'volumeAttributesClassName', 'volumeMode',
      ],
    },
  ],
  V1PersistentVolumeClaim: [{ goName: 'TypeMeta', fields: ['apiVersion', 'kind'] }],
  V1SecretProjection: [REFERENCE],
  V1ConfigMapVolumeSource: [REFERENCE],
  V1ConfigMapProjection: [REFERENCE],
  V1ConfigMapKeySelector: [REFERENCE],
  V1SecretKeySelector: [REFERENCE],
  V1ConfigMapEnvSource: [REFERENCE],
  V1SecretEnvSource: [REFERENCE],
  V1Probe: [{ goName: 'ProbeHandler', fields: ['exec', 'grpc', 'httpGet', 'tcpSocket'] }],
  V1EphemeralContainer: [{ goName: 'EphemeralContainerCommon', allBut: ['targetContainerName'] }],
  V1IngressRule: [{ goName: 'IngressRuleValue', fields: ['http'] }],
  V1DeviceClaimConfiguration: [CONFIGURATION],
  V1DeviceAllocationConfiguration: [CONFIGURATION],
  V1DeviceClassConfiguration: [CONFIGURATION],
  V1RuleWithOperations: [{ goName: 'Rule', fields: RULE }],
  V1NamedRuleWithOperations: [
    { goName: 'RuleWithOperations.Rule', fields: RULE },
    { goName: 'RuleWithOperations', fields: ['operations'] },
  ],
}

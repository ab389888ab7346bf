/** Of networking.k8s.io, resource.k8s.io and storage.k8s.io. */
import { ingressClass } from '../../../src/apis/networking/ingress-class/ingress-class.ts'
import { ingress } from '../../../src/apis/networking/ingress/ingress.ts'
import { ipAddress } from '../../../src/apis/networking/ip-address/ip-address.ts'
import { serviceCIDR } from '../../../src/apis/networking/service-cidr/service-cidr.ts'
import { deviceClass } from '../../../src/apis/resource/device-class/device-class.ts'
import { resourceClaimTemplate } from '../../../src/apis/resource/resource-claim-template/resource-claim-template.ts'
import { resourceClaim } from '../../../src/apis/resource/resource-claim/resource-claim.ts'
import { resourceSlice } from '../../../src/apis/resource/resource-slice/resource-slice.ts'
import { csiDriver } from '../../../src/apis/storage/csi-driver/csi-driver.ts'
import { csiNode } from '../../../src/apis/storage/csi-node/csi-node.ts'
import { csiStorageCapacity } from '../../../src/apis/storage/csi-storage-capacity/csi-storage-capacity.ts'
import { storageClass } from '../../../src/apis/storage/storage-class/storage-class.ts'
import { volumeAttachment } from '../../../src/apis/storage/volume-attachment/volume-attachment.ts'
import { volumeAttributesClass } from '../../../src/apis/storage/volume-attributes-class/volume-attributes-class.ts'
import type { Sample } from './sample.ts'

const devices = { requests: [{ name: 'one', exactly: { deviceClassName: 'gpu' } }] }
const noName = { requests: [{ name: '', exactly: { deviceClassName: 'gpu' } }] }

export const INFRASTRUCTURE: readonly Sample[] = [
  {
    definition: ipAddress,
    name: '192.0.2.7',
    object: { spec: { parentRef: { resource: 'services', namespace: 'ns', name: 's' } } },
    wrong: { change: { spec: { parentRef: { name: '' } } }, field: 'spec.parentRef.name' },
  },
  {
    definition: ingress,
    object: { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } },
    wrong: {
      change: { spec: { defaultBackend: { service: { name: '' } } } },
      field: 'spec.defaultBackend.service.name',
    },
  },
  {
    definition: ingressClass,
    object: { spec: { controller: 'example.com/c', parameters: { kind: 'K', name: 'n' } } },
    defaults: { 'spec.parameters.scope': 'Cluster' },
    wrong: { change: { spec: { controller: 'c' } }, field: 'spec.controller' },
  },
  {
    definition: serviceCIDR,
    object: { spec: { cidrs: ['10.9.0.0/16'] } },
    wrong: { change: { spec: { cidrs: ['x'] } }, field: 'spec.cidrs[0]' },
  },
  {
    definition: deviceClass,
    object: { spec: { selectors: [{ cel: { expression: 'true' } }] } },
    wrong: {
      change: { spec: { selectors: [{ cel: { expression: '1' } }] } },
      field: 'spec.selectors[0].cel.expression',
    },
  },
  {
    definition: resourceClaim,
    object: { spec: { devices } },
    defaults: {
      'spec.devices.requests.0.exactly.allocationMode': 'ExactCount',
      'spec.devices.requests.0.exactly.count': 1,
    },
    wrong: { change: { spec: { devices: noName } }, field: 'spec.devices.requests[0].name' },
  },
  {
    definition: resourceClaimTemplate,
    object: { spec: { spec: { devices } } },
    defaults: { 'spec.spec.devices.requests.0.exactly.count': 1 },
    wrong: { change: { spec: { spec: { devices: noName } } }, field: 'spec.spec.devices.requests[0].name' },
  },
  {
    definition: resourceSlice,
    object: {
      spec: { driver: 'd.example.com', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, allNodes: true },
    },
    wrong: { change: { spec: { pool: { resourceSliceCount: 0 } } }, field: 'spec.pool.resourceSliceCount' },
  },
  {
    definition: csiDriver,
    object: { spec: {} },
    defaults: {
      'spec.attachRequired': true,
      'spec.podInfoOnMount': false,
      'spec.fsGroupPolicy': 'ReadWriteOnceWithFSType',
      'spec.volumeLifecycleModes': ['Persistent'],
    },
    wrong: { change: { spec: { volumeLifecycleModes: ['Forever'] } }, field: 'spec.volumeLifecycleModes' },
  },
  {
    definition: csiNode,
    object: { spec: { drivers: [{ name: 'd.example.com', nodeID: 'n' }] } },
    wrong: { change: { spec: { drivers: [{ name: 'd.example.com', nodeID: '' }] } }, field: 'spec.drivers[0].nodeID' },
  },
  {
    definition: csiStorageCapacity,
    object: { storageClassName: 'fast' },
    wrong: { change: { storageClassName: '' }, field: 'storageClassName' },
  },
  {
    definition: storageClass,
    object: { provisioner: 'example.com/p' },
    defaults: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
    wrong: { change: { provisioner: '' }, field: 'provisioner' },
  },
  {
    definition: volumeAttachment,
    object: { spec: { attacher: 'd.example.com', nodeName: 'n', source: { persistentVolumeName: 'v' } } },
    wrong: { change: { spec: { nodeName: '' } }, field: 'spec.nodeName' },
  },
  {
    definition: volumeAttributesClass,
    object: { driverName: 'd.example.com', parameters: { a: 'b' } },
    wrong: { change: { driverName: '' }, field: 'driverName' },
  },
]

/**
 * DeviceClass: a class of devices that claims can ask for.
 * This is the kind's one entry (resource.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/deviceclass.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1DeviceClass } from '../../generated/types.ts'
import { loadSelectors } from '../device-selector.ts'
import { deviceClassStrategy } from './strategy.ts'

export const deviceClass = defineKind<V1DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  resource: 'deviceclasses',
  scope: 'Cluster',
  type: 'V1DeviceClass',
  strategy: deviceClassStrategy,
  load: loadSelectors,
  notActedUpon: 'DeviceClass: nothing acts on it yet: dynamic resource allocation is not built',
})

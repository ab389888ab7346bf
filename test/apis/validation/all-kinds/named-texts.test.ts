/**
 * How a refused text is shown goes by its type in Go: a plain string is quoted, one whose type has a name, or that Go has
 * a pointer to, is JSON (k8s.io/apimachinery pkg/util/validation/field/errors.go, ErrorBody).
 */
import { describe, expect, it } from 'vitest'
import { Subject } from '../given-want.ts'

const ODD = '<a>&\u007f'
const AS_JSON = String.raw`"\u003ca\u003e\u0026` + '\u007f"'
const QUOTED = String.raw`"<a>&\x7f"`

const container = (more: object): object => ({ spec: { containers: [{ name: 'c', image: 'i', ...more }] } })
const pod = (more: object): object => ({ spec: { containers: [{ name: 'c', image: 'i' }], ...more } })
const service = (more: object): object => ({ spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...more } })
const job = (more: object): object => ({ spec: { template: container({}), ...more } })

type Row = readonly [apiVersion: string, kind: string, from: object | undefined, to: object, path: string, shown: string]

const ROWS: readonly Row[] = [
  ['v1', 'Pod', undefined, container({ securityContext: { appArmorProfile: { type: 'Unconfined', localhostProfile: ODD } } }),
    'spec.containers[0].securityContext.appArmorProfile.localhostProfile', AS_JSON],
  ['v1', 'Pod', undefined, pod({ securityContext: { windowsOptions: { gmsaCredentialSpecName: ODD } } }),
    'spec.securityContext.windowsOptions.gmsaCredentialSpecName', AS_JSON],
  ['v1', 'Pod', undefined, pod({ securityContext: { windowsOptions: { runAsUserName: ODD } } }),
    'spec.securityContext.windowsOptions.runAsUserName', AS_JSON],
  ['v1', 'Pod', undefined, pod({ hostname: ODD }), 'spec.hostname', QUOTED],
  ['v1', 'Service', service({ loadBalancerClass: 'a.b/c' }), service({ loadBalancerClass: ODD }), 'spec.loadBalancerClass', AS_JSON],
  ['v1', 'PersistentVolumeClaim', { spec: {} }, { spec: { volumeMode: ODD } }, 'volumeMode', AS_JSON],
  ['scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }, { value: 1, preemptionPolicy: ODD }, 'preemptionPolicy', AS_JSON],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'a' }, { provisioner: 'a', reclaimPolicy: ODD }, 'reclaimPolicy', AS_JSON],
  ['storage.k8s.io/v1', 'StorageClass', { provisioner: 'a' }, { provisioner: ODD }, 'provisioner', QUOTED],
  ['discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4' }, { addressType: ODD }, 'addressType', AS_JSON],
  ['batch/v1', 'Job', job({ managedBy: 'a.b/c' }), job({ managedBy: ODD }), 'spec.managedBy', AS_JSON],
  ['batch/v1', 'CronJob', undefined, { spec: { schedule: '* * * * *', timeZone: ODD, jobTemplate: job({}) } }, 'spec.timeZone', AS_JSON],
  ['apps/v1', 'StatefulSet', undefined, { spec: { podManagementPolicy: ODD } }, 'spec.podManagementPolicy', AS_JSON],
]

describe('a refused text', () => {
  it.each(ROWS)('%s %s shows %j → %j at %s as %s', (apiVersion, kind, from, to, path, shown) => {
    const subject = new Subject(apiVersion, kind)
    const told = from === undefined ? subject.onCreate(to) : subject.onUpdate(from, to)
    expect(told.some((line) => line.startsWith(`${path}: Invalid value: ${shown}`)), told.join('\n')).toBe(true)
  })
})

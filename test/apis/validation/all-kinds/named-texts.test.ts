/**
 * How a refused text is shown goes by its type in Go: a plain string is quoted, one whose type has a name, or that Go
 * has a pointer to, is JSON (k8s.io/apimachinery pkg/util/validation/field/errors.go, ErrorBody).
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

interface Row {
  readonly of: readonly [apiVersion: string, kind: string]
  readonly from?: object
  readonly to: object
  readonly path: string
  readonly shown?: string
}

const ROWS: readonly Row[] = [
  {
    of: ['v1', 'Pod'],
    to: container({ securityContext: { appArmorProfile: { type: 'Unconfined', localhostProfile: ODD } } }),
    path: 'spec.containers[0].securityContext.appArmorProfile.localhostProfile',
  },
  {
    of: ['v1', 'Pod'],
    to: pod({ securityContext: { windowsOptions: { gmsaCredentialSpecName: ODD } } }),
    path: 'spec.securityContext.windowsOptions.gmsaCredentialSpecName',
  },
  {
    of: ['v1', 'Pod'],
    to: pod({ securityContext: { windowsOptions: { runAsUserName: ODD } } }),
    path: 'spec.securityContext.windowsOptions.runAsUserName',
  },
  { of: ['v1', 'Pod'], to: pod({ hostname: ODD }), path: 'spec.hostname', shown: QUOTED },
  {
    of: ['v1', 'Service'],
    from: service({ loadBalancerClass: 'a.b/c' }),
    to: service({ loadBalancerClass: ODD }),
    path: 'spec.loadBalancerClass',
  },
  { of: ['v1', 'PersistentVolumeClaim'], from: { spec: {} }, to: { spec: { volumeMode: ODD } }, path: 'volumeMode' },
  {
    of: ['scheduling.k8s.io/v1', 'PriorityClass'],
    from: { value: 1 },
    to: { value: 1, preemptionPolicy: ODD },
    path: 'preemptionPolicy',
  },
  {
    of: ['storage.k8s.io/v1', 'StorageClass'],
    from: { provisioner: 'a' },
    to: { provisioner: 'a', reclaimPolicy: ODD },
    path: 'reclaimPolicy',
  },
  {
    of: ['storage.k8s.io/v1', 'StorageClass'],
    from: { provisioner: 'a' },
    to: { provisioner: ODD },
    path: 'provisioner',
    shown: QUOTED,
  },
  {
    of: ['discovery.k8s.io/v1', 'EndpointSlice'],
    from: { addressType: 'IPv4' },
    to: { addressType: ODD },
    path: 'addressType',
  },
  { of: ['batch/v1', 'Job'], from: job({ managedBy: 'a.b/c' }), to: job({ managedBy: ODD }), path: 'spec.managedBy' },
  {
    of: ['batch/v1', 'CronJob'],
    to: { spec: { schedule: '* * * * *', timeZone: ODD, jobTemplate: job({}) } },
    path: 'spec.timeZone',
  },
  { of: ['apps/v1', 'StatefulSet'], to: { spec: { podManagementPolicy: ODD } }, path: 'spec.podManagementPolicy' },
]

describe('a refused text', () => {
  it.each(ROWS)('of $of is shown at $path as its type has it', ({ of, from, to, path, shown = AS_JSON }) => {
    const subject = new Subject(...of)
    const told = from === undefined ? subject.onCreate(to) : subject.onUpdate(from, to)
    expect(told.some((line) => line.startsWith(`${path}: Invalid value: ${shown}`)), told.join('\n')).toBe(true)
  })
})

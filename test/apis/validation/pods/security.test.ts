/**
 * Users, groups, system settings, profiles and the spaces of the host: given → want, texts and paths of
 * pkg/apis/core/validation/validation.go.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type Row } from '../given-want.ts'

const web = { name: 'web', image: 'web:1' }
const withSpec = (more: object): object => ({ spec: { containers: [web], ...more } })

const ROWS: readonly Row[] = [
  {
    what: 'ids are not negative, settings are known',
    given: withSpec({
      securityContext: {
        runAsUser: -1,
        runAsGroup: -1,
        fsGroup: -1,
        supplementalGroups: [-1],
        fsGroupChangePolicy: 'X',
        supplementalGroupsPolicy: 'X',
        seLinuxChangePolicy: 'X',
      },
    }),
    want: [
      'spec.securityContext.fsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.runAsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.supplementalGroups[0]: Invalid value: -1: must be between 0 and 2147483647, inclusive',
      'spec.securityContext.fsGroupChangePolicy: Unsupported value: "X": supported values: "Always", "OnRootMismatch"',
      'spec.securityContext.supplementalGroupsPolicy: Unsupported value: "X": supported values: "Merge", "Strict"',
      'spec.securityContext.seLinuxChangePolicy: Unsupported value: "X": supported values: "Recursive"',
    ],
  },
  {
    what: 'settings of the system have names, once each',
    given: withSpec({
      securityContext: {
        sysctls: [
          { name: '', value: '' },
          { name: 'a b', value: '' },
          { name: 'kernel.shm_rmid_forced', value: '1' },
          { name: 'kernel/shm_rmid_forced', value: '1' },
        ],
      },
    }),
    want: [
      'spec.securityContext.sysctls[0].name: Required value',
      'spec.securityContext.sysctls[1].name: Invalid value: "a b": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
    ],
  },
  {
    what: 'profiles have a type, and a path if they are of the host',
    given: withSpec({
      securityContext: { seccompProfile: { type: 'Localhost' }, appArmorProfile: { type: 'X' } },
    }),
    want: [
      'spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost',
      'spec.securityContext.appArmorProfile.type: Unsupported value: "X": supported values: "Localhost", "RuntimeDefault", "Unconfined"',
    ],
  },
  {
    what: 'a profile that is no file of the host has no path',
    given: withSpec({
      securityContext: {
        seccompProfile: { type: 'RuntimeDefault', localhostProfile: 'x' },
        appArmorProfile: { type: 'Unconfined', localhostProfile: 'x' },
      },
    }),
    want: [
      'spec.securityContext.seccompProfile.localhostProfile: Invalid value: {"Type":"RuntimeDefault","LocalhostProfile":"x"}: can only be set when seccomp type is Localhost',
      'spec.securityContext.appArmorProfile.localhostProfile: Invalid value: "x": can only be set when AppArmor type is Localhost',
    ],
  },
  {
    what: 'spaces of the host exclude some settings and each other',
    given: withSpec({
      hostNetwork: true,
      hostPID: true,
      shareProcessNamespace: true,
      securityContext: { sysctls: [{ name: 'net.a', value: '' }] },
    }),
    want: [
      'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      `spec.securityContext.sysctls[0].name: Invalid value: "net.a": may not be specified when 'hostNetwork' is true`,
    ],
  },
  {
    what: 'users of its own exclude spaces of the host',
    given: withSpec({ hostNetwork: true, hostPID: true, hostIPC: true, hostUsers: false }),
    want: [
      'spec.hostNetwork: Forbidden: when `hostUsers` is false',
      'spec.HostPID: Forbidden: when `hostUsers` is false',
      'spec.HostIPC: Forbidden: when `hostUsers` is false',
    ],
  },
  {
    what: 'a pod on Windows has no settings of Linux',
    given: withSpec({
      os: { name: 'windows' },
      hostPID: true,
      securityContext: {
        fsGroup: 1,
        windowsOptions: { gmsaCredentialSpecName: 'A_', runAsUserName: String.raw`a\b\c`, hostProcess: true },
      },
    }),
    want: [
      `spec.securityContext.windowsOptions.gmsaCredentialSpecName: Invalid value: "A_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      'spec.securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
      'spec.hostPID: Forbidden: cannot be set for a windows pod',
      'spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod',
    ],
  },
  {
    what: 'a pod on Linux has none of Windows',
    given: withSpec({ os: { name: 'linux' }, securityContext: { windowsOptions: { runAsUserName: 'a' } } }),
    want: [
      'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
    ],
  },
  {
    what: 'other systems are not known',
    given: withSpec({ os: { name: 'mac' } }),
    want: [
      'spec.os: Unsupported value: "mac": supported values: "linux", "windows"',
    ],
  },
  {
    what: 'resources as a whole are of three sorts, and above those of containers',
    given: {
      spec: {
        containers: [{ ...web, resources: { requests: { cpu: '2' }, limits: { memory: '2Gi' } } }],
        resources: { requests: { cpu: '1' }, limits: { memory: '1Gi', 'example.com/gpu': '1' } },
      },
    },
    want: [
      'spec.resources.limits[example.com/gpu]: Unsupported value: "example.com/gpu": supported values: "cpu", "hugepages-", "memory"',
      'spec.resources.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi',
      'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      'spec.resources.containers[0][memory].limits: Invalid value: "2Gi": must be less than or equal to pod limits of 1Gi',
    ],
  },
]

describe('validation of what a pod may do on its host', () => {
  const subject = new Subject('v1', 'Pod')

  it.each(ROWS)('$what', ({ given, want }) => {
    expect(subject.onCreate(given)).toEqual(want)
  })
})

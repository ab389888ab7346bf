/** What is about the cluster and its API: extensions, access, priorities, certificates, nodes. */
import { customResourceDefinition } from '../../../src/apis/apiextensions/custom-resource-definition.ts'
import { apiService } from '../../../src/apis/apiregistration/api-service.ts'
import { certificateSigningRequest } from '../../../src/apis/certificates/certificate-signing-request/certificate-signing-request.ts'
import { lease } from '../../../src/apis/coordination/lease/lease.ts'
import { flowSchema } from '../../../src/apis/flowcontrol/flow-schema.ts'
import { priorityLevelConfiguration } from '../../../src/apis/flowcontrol/priority-level-configuration.ts'
import { runtimeClass } from '../../../src/apis/node/runtime-class/runtime-class.ts'
import { clusterRoleBinding } from '../../../src/apis/rbac/cluster-role-binding/cluster-role-binding.ts'
import { clusterRole } from '../../../src/apis/rbac/cluster-role/cluster-role.ts'
import { roleBinding } from '../../../src/apis/rbac/role-binding/role-binding.ts'
import { role } from '../../../src/apis/rbac/role/role.ts'
import { priorityClass } from '../../../src/apis/scheduling/priority-class/priority-class.ts'
import { cluster } from '../../../src/apis/workernetes/cluster.ts'
import { CERTIFICATE_REQUEST } from '../../fixtures/certificate-request.ts'
import type { Sample, TestRef } from './sample.ts'

const GRANTS: TestRef = ['auth/rbac.test.ts', 'allows %s and says by which binding']
const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }]
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
const noVerb = { change: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] }, field: 'rules[0].verbs' }
const bound = {
  defaults: { 'roleRef.apiGroup': 'rbac.authorization.k8s.io', 'subjects.0.apiGroup': 'rbac.authorization.k8s.io' },
  shownBy: GRANTS,
}

export const CLUSTER: readonly Sample[] = [
  {
    definition: customResourceDefinition,
    name: 'samples.example.com',
    object: {
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'samples', kind: 'Sample' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
    defaults: {
      'spec.names.singular': 'sample',
      'spec.names.listKind': 'SampleList',
      'spec.conversion.strategy': 'None',
    },
    wrong: { change: { spec: { scope: 'Everywhere' } }, field: 'spec.scope' },
  },
  {
    definition: apiService,
    name: 'v1.samples.example.com',
    object: {
      spec: {
        group: 'samples.example.com',
        version: 'v1',
        service: { namespace: 'ns', name: 'samples' },
        groupPriorityMinimum: 1,
        versionPriority: 1,
      },
    },
    defaults: { 'spec.service.port': 443 },
    wrong: { change: { spec: { versionPriority: 0 } }, field: 'spec.versionPriority' },
  },
  {
    definition: certificateSigningRequest,
    object: {
      spec: { request: btoa(CERTIFICATE_REQUEST), signerName: 'example.com/signer', usages: ['client auth'] },
    },
    wrong: { change: { spec: { usages: [] } }, field: 'spec.usages' },
  },
  {
    definition: lease,
    object: { spec: { holderIdentity: 'one', leaseDurationSeconds: 15 } },
    wrong: { change: { spec: { leaseDurationSeconds: 0 } }, field: 'spec.leaseDurationSeconds' },
    isData: true,
  },
  {
    definition: flowSchema,
    object: {
      spec: {
        priorityLevelConfiguration: { name: 'global-default' },
        rules: [
          {
            subjects: [{ kind: 'User', user: { name: 'jane' } }],
            nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
          },
        ],
      },
    },
    defaults: { 'spec.matchingPrecedence': 1000 },
    wrong: {
      change: { spec: { priorityLevelConfiguration: { name: '' } } },
      field: 'spec.priorityLevelConfiguration.name',
    },
  },
  {
    definition: priorityLevelConfiguration,
    object: { spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } } },
    defaults: { 'spec.limited.nominalConcurrencyShares': 30 },
    wrong: { change: { spec: { type: 'Endless' } }, field: 'spec.type' },
    shownBy: ['apiserver/operations/flow/flow-control.test.ts', 'lets others wait, and serves them once there is room'],
  },
  {
    definition: runtimeClass,
    object: { handler: 'gvisor' },
    wrong: { change: { handler: 'A' }, field: 'handler' },
    shownBy: ['admission/plugins.test.ts', 'given %s sets what the class says'],
  },
  { definition: clusterRole, object: { rules }, wrong: noVerb, shownBy: GRANTS },
  {
    definition: clusterRoleBinding,
    object: { roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'User', name: 'jane' }] },
    wrong: { change: { roleRef: { name: '' } }, field: 'roleRef.name' },
    ...bound,
  },
  { definition: role, object: { rules }, wrong: noVerb, shownBy: GRANTS },
  {
    definition: roleBinding,
    object: { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'jane' }] },
    wrong: { change: { subjects: [{ ...subjects[0], kind: 'Robot' }] }, field: 'subjects[0].kind' },
    ...bound,
  },
  {
    definition: priorityClass,
    object: { value: 7 },
    defaults: { preemptionPolicy: 'PreemptLowerPriority' },
    wrong: { change: { value: 2_000_000_000 }, field: 'value' },
    shownBy: ['admission/plugins.test.ts', 'resolves %s'],
  },
  {
    definition: cluster,
    object: {},
    wrong: 'name',
  },
]

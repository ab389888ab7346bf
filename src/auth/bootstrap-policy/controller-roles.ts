/**
 * What each controller may do (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go, Kubernetes 1.36).
 * Names are those of the controllers' service accounts in kube-system; the roles are called system:controller:NAME.
 */
import type { RoleEntry } from './entry.ts'
import { EVENTS, READ, rule } from './entry.ts'

export const CONTROLLER_ROLES: readonly RoleEntry[] = [
  {
    name: 'attachdetach-controller',
    rules: [
      rule('list watch', 'core', 'persistentvolumeclaims persistentvolumes'),
      rule(READ, 'core', 'nodes'),
      rule('patch update', 'core', 'nodes/status'),
      rule('list watch', 'core', 'pods'),
      EVENTS,
      rule('create delete get list watch', 'storage.k8s.io', 'volumeattachments'),
      rule(READ, 'storage.k8s.io', 'csidrivers'),
      rule(READ, 'storage.k8s.io', 'csinodes'),
    ],
  },
  {
    name: 'certificate-controller',
    rules: [
      rule('delete get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
      rule('update', 'certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status'),
      rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
      rule('sign', 'certificates.k8s.io', 'signers', `
        kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet
        kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown
      `),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
      EVENTS,
    ],
  },
  {
    name: 'clusterrole-aggregation-controller',
    rules: [
      rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
    ],
  },
  {
    name: 'cronjob-controller',
    rules: [
      rule('get list update watch', 'batch', 'cronjobs'),
      rule('create delete get list patch update watch', 'batch', 'jobs'),
      rule('update', 'batch', 'cronjobs/status'),
      rule('update', 'batch', 'cronjobs/finalizers'),
      rule('delete list watch', 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'daemon-set-controller',
    rules: [
      rule(READ, 'apps extensions', 'daemonsets'),
      rule('update', 'apps extensions', 'daemonsets/status'),
      rule('update', 'apps extensions', 'daemonsets/finalizers'),
      rule('list watch', 'core', 'nodes'),
      rule('create delete list patch watch', 'core', 'pods'),
      rule('create', 'core', 'pods/binding'),
      rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
      EVENTS,
    ],
  },
  {
    name: 'deployment-controller',
    rules: [
      rule('get list update watch', 'apps extensions', 'deployments'),
      rule('update', 'apps extensions', 'deployments/status'),
      rule('update', 'apps extensions', 'deployments/finalizers'),
      rule('create delete get list patch update watch', 'apps extensions', 'replicasets'),
      rule('get list update watch', 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'device-taint-eviction-controller',
    rules: [
      rule('delete get list watch', 'core', 'pods'),
      rule('patch update', 'core', 'pods/status'),
      rule(READ, 'resource.k8s.io', 'resourceclaims'),
      rule(READ, 'resource.k8s.io', 'resourceslices'),
      rule(READ, 'resource.k8s.io', 'deviceclasses'),
      EVENTS,
    ],
  },
  {
    name: 'disruption-controller',
    rules: [
      rule(READ, 'apps extensions', 'deployments'),
      rule(READ, 'apps extensions', 'replicasets'),
      rule(READ, 'core', 'replicationcontrollers'),
      rule(READ, 'policy', 'poddisruptionbudgets'),
      rule(READ, 'apps', 'statefulsets'),
      rule('update', 'policy', 'poddisruptionbudgets/status'),
      rule('patch update', 'core', 'pods/status'),
      rule('get', '*', '*/scale'),
      EVENTS,
    ],
  },
  {
    name: 'endpoint-controller',
    rules: [
      rule(READ, 'core', 'pods services'),
      rule('create delete get list update watch', 'core', 'endpoints'),
      rule('create', 'core', 'endpoints/restricted'),
      EVENTS,
    ],
  },
  {
    name: 'endpointslice-controller',
    rules: [
      rule(READ, 'core', 'nodes pods services'),
      rule('update', 'core', 'services/finalizers'),
      rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
      EVENTS,
    ],
  },
  {
    name: 'endpointslicemirroring-controller',
    rules: [
      rule(READ, 'core', 'endpoints services'),
      rule('update', 'core', 'services/finalizers'),
      rule('update', 'core', 'endpoints/finalizers'),
      rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
      EVENTS,
    ],
  },
  {
    name: 'ephemeral-volume-controller',
    rules: [
      rule(READ, 'core', 'pods'),
      rule('update', 'core', 'pods/finalizers'),
      rule('create get list watch', 'core', 'persistentvolumeclaims'),
      EVENTS,
    ],
  },
  {
    name: 'expand-controller',
    rules: [
      rule('get list patch update watch', 'core', 'persistentvolumes'),
      rule('patch update', 'core', 'persistentvolumeclaims/status'),
      rule(READ, 'core', 'persistentvolumeclaims'),
      EVENTS,
    ],
  },
  { name: 'generic-garbage-collector', rules: [rule('delete get list patch update watch', '*', '*'), EVENTS] },
  {
    name: 'horizontal-pod-autoscaler',
    rules: [
      rule(READ, 'autoscaling', 'horizontalpodautoscalers'),
      rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
      rule('get update', '*', '*/scale'),
      rule('list watch', 'core', 'pods'),
      rule('list watch', 'metrics.k8s.io', 'pods'),
      rule(READ, 'custom.metrics.k8s.io', '*'),
      rule(READ, 'external.metrics.k8s.io', '*'),
      EVENTS,
    ],
  },
  {
    name: 'job-controller',
    rules: [
      rule('get list patch update watch', 'batch', 'jobs'),
      rule('update', 'batch', 'jobs/status'),
      rule('update', 'batch', 'jobs/finalizers'),
      rule('create delete list patch watch', 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'legacy-service-account-token-cleaner',
    rules: [
      rule('get', 'core', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
      rule('delete patch', 'core', 'secrets'),
    ],
  },
  {
    name: 'namespace-controller',
    rules: [
      rule('delete get list watch', 'core', 'namespaces'),
      rule('update', 'core', 'namespaces/finalize namespaces/status'),
      rule('delete deletecollection get list watch', '*', '*'),
    ],
  },
  {
    name: 'node-controller',
    rules: [
      rule('delete get list patch update watch', 'core', 'nodes'),
      rule('patch update', 'core', 'nodes/status'),
      rule('patch update', 'core', 'pods/status'),
      rule('delete get list watch', 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'persistent-volume-binder',
    rules: [
      rule('create delete get list update watch', 'core', 'persistentvolumes'),
      rule('update', 'core', 'persistentvolumes/status'),
      rule('get list update watch', 'core', 'persistentvolumeclaims'),
      rule('update', 'core', 'persistentvolumeclaims/status'),
      rule('create delete get list watch', 'core', 'pods'),
      rule(READ, 'storage.k8s.io', 'storageclasses'),
      rule('list watch', 'core', 'nodes'),
      EVENTS,
      rule('watch', 'core', 'events'),
    ],
  },
  {
    name: 'pod-garbage-collector',
    rules: [
      rule('delete list watch', 'core', 'pods'),
      rule(READ, 'core', 'nodes'),
      rule('patch', 'core', 'pods/status'),
    ],
  },
  { name: 'pv-protection-controller', rules: [rule('get list update watch', 'core', 'persistentvolumes'), EVENTS] },
  {
    name: 'pvc-protection-controller',
    rules: [
      rule('get list update watch', 'core', 'persistentvolumeclaims'),
      rule('update', 'core', 'persistentvolumeclaims/status'),
      rule(READ, 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'replicaset-controller',
    rules: [
      rule('get list update watch', 'apps extensions', 'replicasets'),
      rule('update', 'apps extensions', 'replicasets/status'),
      rule('update', 'apps extensions', 'replicasets/finalizers'),
      rule('create delete list patch watch', 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'replication-controller',
    rules: [
      rule('get list update watch', 'core', 'replicationcontrollers'),
      rule('update', 'core', 'replicationcontrollers/status'),
      rule('update', 'core', 'replicationcontrollers/finalizers'),
      rule('create delete list patch watch', 'core', 'pods'),
      EVENTS,
    ],
  },
  {
    name: 'resource-claim-controller',
    rules: [
      rule(READ, 'core', 'pods'),
      rule('update', 'core', 'pods/finalizers'),
      rule('create delete get list watch', 'resource.k8s.io', 'resourceclaims'),
      rule('patch update', 'resource.k8s.io', 'resourceclaims resourceclaims/status'),
      rule('patch update', 'core', 'pods/status'),
      EVENTS,
      rule('patch update', 'resource.k8s.io', 'resourceclaims/binding'),
    ],
  },
  {
    name: 'resourcequota-controller',
    rules: [
      rule('list watch', '*', '*'),
      rule('update', 'core', 'resourcequotas/status'),
      EVENTS,
    ],
  },
  { name: 'root-ca-cert-publisher', rules: [rule('create update', 'core', 'configmaps'), EVENTS] },
  {
    name: 'route-controller',
    rules: [
      rule('list watch', 'core', 'nodes'),
      rule('patch', 'core', 'nodes/status'),
      EVENTS,
    ],
  },
  {
    name: 'selinux-warning-controller',
    rules: [
      EVENTS,
      rule(READ, 'core', 'persistentvolumes'),
      rule(READ, 'core', 'persistentvolumeclaims'),
      rule(READ, 'core', 'pods'),
      rule(READ, 'storage.k8s.io', 'csidrivers'),
    ],
  },
  { name: 'service-account-controller', rules: [rule('create', 'core', 'serviceaccounts'), EVENTS] },
  {
    name: 'service-cidrs-controller',
    rules: [
      rule('get list patch update watch', 'networking.k8s.io', 'servicecidrs'),
      rule('patch update', 'networking.k8s.io', 'servicecidrs/finalizers'),
      rule('patch update', 'networking.k8s.io', 'servicecidrs/status'),
      rule(READ, 'networking.k8s.io', 'ipaddresses'),
      EVENTS,
    ],
  },
  {
    name: 'service-controller',
    rules: [
      rule(READ, 'core', 'services'),
      rule('patch update', 'core', 'services/status'),
      rule('list watch', 'core', 'nodes'),
      EVENTS,
    ],
  },
  {
    name: 'statefulset-controller',
    rules: [
      rule('list watch', 'core', 'pods'),
      rule(READ, 'apps', 'statefulsets'),
      rule('update', 'apps', 'statefulsets/status'),
      rule('update', 'apps', 'statefulsets/finalizers'),
      rule('create delete get patch update', 'core', 'pods'),
      rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
      rule('create get list watch', 'core', 'persistentvolumeclaims'),
      rule('delete update', 'core', 'persistentvolumeclaims'),
      rule('update', 'core', 'pods/finalizers'),
      EVENTS,
    ],
  },
  { name: 'ttl-after-finished-controller', rules: [rule('delete get list watch', 'batch', 'jobs'), EVENTS] },
  { name: 'ttl-controller', rules: [rule('list patch update watch', 'core', 'nodes'), EVENTS] },
  {
    name: 'validatingadmissionpolicy-status-controller',
    rules: [
      rule(READ, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
      rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
      EVENTS,
    ],
  },
  {
    name: 'volumeattributesclass-protection-controller',
    rules: [
      rule(READ, 'core', 'persistentvolumeclaims'),
      rule(READ, 'core', 'persistentvolumes'),
      rule('get list update watch', 'storage.k8s.io', 'volumeattributesclasses'),
      EVENTS,
    ],
  },
]

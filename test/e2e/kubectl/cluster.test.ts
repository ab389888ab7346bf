/** `auth`, `certificate`, and what one does with nodes: `taint`, `cordon`, `drain`. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'
import { CERTIFICATE_REQUEST } from '../../fixtures/certificate-request.ts'

/** A ClusterRole is everybody's: its name is that of the story's namespace. */
const rights = (verbs: string, user: string): string => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: $ns}
rules: [{apiGroups: [''], resources: [pods], verbs: ${verbs}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: looks, namespace: $ns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: $ns}
subjects: [{kind: User, name: ${user}, apiGroup: rbac.authorization.k8s.io}]
`

const RECONCILED = [
  'clusterrole.rbac.authorization.k8s.io/$ns reconciled',
  'rolebinding.rbac.authorization.k8s.io/looks reconciled',
]

const AUTH: Story = {
  title: 'auth',
  files: { 'rights.yaml': rights('[get]', 'ann'), 'more-rights.yaml': rights('[watch]', 'bob') },
  lines: [
    { run: 'auth can-i create pods', prints: ['yes'] },
    { run: `auth can-i '*' '*'`, prints: ['yes'] },
    { run: 'auth can-i create pods --as=joe', exitCode: 1, prints: ['no'] },
    { run: 'auth can-i create pods --as=joe --quiet', exitCode: 1 },
    {
      run: 'create role reader --verb=get --resource=pods --resource-name=one',
      prints: ['role.rbac.authorization.k8s.io/reader created'],
    },
    {
      run: 'create rolebinding readers --role=reader --user=joe',
      prints: ['rolebinding.rbac.authorization.k8s.io/readers created'],
    },
    { run: 'auth can-i get pods/one --as=joe', prints: ['yes'] },
    { run: 'auth can-i get pods/two --as=joe', exitCode: 1, prints: ['no'] },
    { run: 'auth can-i get pods/one --as=joe -n default', exitCode: 1, prints: ['no'] },
    {
      run: 'auth can-i --list --as=joe --no-headers',
      prints: /^(?:.*\n)*pods +\[\] +\[one\] +\[get\]\n(?:.*\n)*$/,
    },
    {
      run: 'get pods --as=joe',
      fails: [
        'Error from server (Forbidden): pods is forbidden: User "joe" cannot list resource "pods" in API group "" in ' +
          'the namespace "$ns"',
      ],
    },
    {
      run: 'get nodes --as=joe --as-group=staff',
      fails: [
        'Error from server (Forbidden): nodes is forbidden: User "joe" cannot list resource "nodes" in API group "" ' +
          'at the cluster scope',
      ],
    },
    { run: 'get pod one --as=joe', fails: ['Error from server (NotFound): pods "one" not found'] },
    {
      run: 'auth whoami',
      since: 28,
      prints: [
        'ATTRIBUTE   VALUE',
        'Username    kubernetes-admin',
        'Groups      [system:masters system:authenticated]',
      ],
    },
    {
      run: 'create rolebinding climb --clusterrole=cluster-admin --user=joe --as=joe',
      fails: [
        '<words>rolebindings.rbac.authorization.k8s.io is forbidden: User "joe" cannot create resource ' +
          '"rolebindings" in API group "rbac.authorization.k8s.io" in the namespace "$ns"',
      ],
    },
    {
      run: 'auth reconcile -f rights.yaml',
      prints: RECONCILED,
      warns: [
        '\treconciliation required create',
        '\tmissing rules added:',
        '\t\t{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}',
        '\treconciliation required create',
        '\tmissing subjects added:',
        '\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:ann Namespace:}',
      ],
    },
    { run: 'auth reconcile -f rights.yaml', prints: RECONCILED },
    { run: 'auth can-i get pods --as=ann', prints: ['yes'] },
    {
      run: 'auth reconcile -f more-rights.yaml --remove-extra-subjects',
      prints: RECONCILED,
      warns: [
        '\treconciliation required update',
        '\tmissing rules added:',
        '\t\t{Verbs:[watch] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}',
        '\treconciliation required update',
        '\tmissing subjects added:',
        '\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:bob Namespace:}',
        '\textra subjects removed:',
        '\t\t{Kind:User APIGroup:rbac.authorization.k8s.io Name:ann Namespace:}',
      ],
    },
    { run: 'auth can-i watch pods --as=bob', eventually: true, prints: ['yes'] },
    {
      run: 'certificate approve nope',
      fails: ['Error from server (NotFound): certificatesigningrequests.certificates.k8s.io "nope" not found'],
    },
  ],
}

const worker = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'held' },
  spec: { nodeName: 'simulated-0', containers: [{ name: 'main', image: 'nginx' }] },
}

const NODES: Story = {
  title: 'nodes',
  files: { 'held.json': worker },
  lines: [
    { run: 'taint nodes simulated-0 gpu=yes:NoSchedule', prints: ['node/simulated-0 tainted'] },
    {
      run: 'taint nodes simulated-0 gpu=yes:NoSchedule',
      fails: ['error: node simulated-0 already has gpu taint(s) with same effect(s) and --overwrite is false'],
    },
    {
      run: `get node simulated-0 -o jsonpath='{.spec.taints}'`,
      prints: '[{"effect":"NoSchedule","key":"gpu","value":"yes"}]',
    },
    { run: 'taint nodes simulated-0 gpu:NoSchedule-', prints: ['node/simulated-0 untainted'] },
    { run: 'label node simulated-0 disk=ssd', prints: ['node/simulated-0 labeled'] },
    { run: 'label node simulated-0 disk-', prints: /^node\/simulated-0 (?:un)?labeled\n$/ },
    { run: 'create -f held.json', prints: ['pod/held created'] },
    { run: 'wait --for=condition=Ready pod/held --timeout=30s', prints: ['pod/held condition met'] },
    { run: 'cordon simulated-0', prints: ['node/simulated-0 cordoned'] },
    { run: 'cordon simulated-0', prints: ['node/simulated-0 already cordoned'] },
    {
      run: 'get node simulated-0',
      prints: [
        'NAME          STATUS                     ROLES    AGE     VERSION',
        'simulated-0   Ready,SchedulingDisabled   <none>   <age>   v1.36.<words>',
      ],
    },
    { run: 'drain simulated-0', fails: /held/, prints: ['node/simulated-0 already cordoned'] },
    {
      run: 'drain simulated-0 --force --timeout=60s',
      prints: /\nnode\/simulated-0 (?:drained|deleted|evicted)\n$/,
      warns: /held/,
    },
    { run: 'get pods', warns: ['No resources found in $ns namespace.'] },
    { run: 'uncordon simulated-0', prints: ['node/simulated-0 uncordoned'] },
    { run: `get node simulated-0 -o jsonpath='{.spec.taints}{.spec.unschedulable}'`, eventually: true, prints: '' },
    { run: 'create -f held.json', prints: ['pod/held created'] },
    { run: 'wait --for=condition=Ready pod/held --timeout=30s', prints: ['pod/held condition met'] },
    { run: 'taint nodes simulated-0 flood=yes:NoExecute', prints: ['node/simulated-0 tainted'] },
    { run: 'get pods', eventually: true, warns: ['No resources found in $ns namespace.'] },
    {
      run: 'get events --field-selector=reason=TaintManagerEviction,involvedObject.kind=Pod --no-headers',
      eventually: true,
      prints: ['<age>  Normal  TaintManagerEviction  pod/held  Marking for deletion Pod $ns/held'],
    },
    { run: 'taint nodes simulated-0 flood-', prints: ['node/simulated-0 untainted'] },
  ],
}

const RESOURCES = { requests: { cpu: '100m' } }

const guarded = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'guarded', labels: { app: 'guarded' } },
  spec: { nodeName: 'simulated-1', containers: [{ name: 'main', image: 'nginx', resources: RESOURCES }] },
}

const DISRUPTIONS: Story = {
  title: 'disruptions',
  files: { 'guarded.json': guarded },
  lines: [
    { run: 'create -f guarded.json', prints: ['pod/guarded created'] },
    { run: 'wait --for=condition=Ready pod/guarded --timeout=30s', prints: ['pod/guarded condition met'] },
    {
      run: 'create poddisruptionbudget guard --selector=app=guarded --min-available=1',
      since: 22,
      prints: ['poddisruptionbudget.policy/guard created'],
    },
    {
      run: `get pdb guard -o jsonpath='{.status.conditions[0].reason}'`,
      since: 22,
      eventually: true,
      prints: 'InsufficientPods',
    },
    {
      run: 'get pdb guard',
      since: 22,
      prints: [
        'NAME    MIN AVAILABLE   MAX UNAVAILABLE   ALLOWED DISRUPTIONS   AGE',
        'guard   1               N/A               0                     <age>',
      ],
    },
    {
      run: 'drain simulated-1 --force --timeout=3s --pod-selector=app=guarded',
      since: 22,
      prints: /evicting pod [^]*/,
      fails: /Cannot evict pod as it would violate the pod's disruption budget\./,
    },
    { run: 'delete pdb guard', since: 22, prints: /"guard" deleted/ },
    {
      run: 'drain simulated-1 --force --timeout=60s --pod-selector=app=guarded',
      since: 22,
      prints: /\nnode\/simulated-1 (?:drained|deleted)\n$/,
      warns: /guarded/,
    },
    { run: 'uncordon simulated-1', since: 22, prints: ['node/simulated-1 uncordoned'] },
  ],
}

const resize = (cpu: string): string =>
  'patch pod guarded --subresource=resize -p ' +
  `'{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":${cpu}}}}]}}'`

const PARTS: Story = {
  title: 'parts of a pod',
  files: { 'guarded.json': guarded },
  lines: [
    { run: 'create -f guarded.json', prints: ['pod/guarded created'] },
    { run: 'wait --for=condition=Ready pod/guarded --timeout=30s', prints: ['pod/guarded condition met'] },
    {
      run: resize('"200m"'),
      since: 32,
      prints: ['pod/guarded patched'],
    },
    {
      run: `get pod guarded -o jsonpath='{.status.containerStatuses[0].resources.requests.cpu}'`,
      since: 32,
      eventually: true,
      prints: '200m',
    },
    {
      run: resize('null'),
      since: 32,
      fails: /spec\.containers\[0\]\.resources\.requests: Forbidden: resource requests cannot be removed/,
    },
    { run: 'debug guarded --image=busybox --container=dbg --attach=false', prints: /^/, warns: /^/, since: 30 },
    {
      run: `get pod guarded -o jsonpath='{.status.ephemeralContainerStatuses[0].state.terminated.reason}'`,
      since: 30,
      eventually: true,
      prints: 'StartError',
    },
    {
      run: 'get --raw /api/v1/namespaces/$ns/pods/guarded:80/proxy/',
      fails: [
        'Error from server (ServiceUnavailable): error trying to reach service: nothing runs in a simulated pod that ' +
          'could answer',
      ],
    },
  ],
}


const certificateRequest = (name: string): object => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name },
  spec: { request: btoa(CERTIFICATE_REQUEST), signerName: 'example.com/signer', usages: ['client auth'], expirationSeconds: 3600 },
})

const CERTIFICATES: Story = {
  title: 'certificates',
  files: { 'good.json': certificateRequest('good'), 'bad.json': certificateRequest('bad') },
  lines: [
    {
      run: 'create -f good.json -f bad.json',
      prints: /good created\n[^]*bad created\n/,
      warns: /the certificate signer is not built/,
    },
    {
      run: 'certificate approve good',
      prints: ['certificatesigningrequest.certificates.k8s.io/good approved'],
    },
    { run: 'certificate deny bad', prints: ['certificatesigningrequest.certificates.k8s.io/bad denied'] },
    {
      run: 'get csr good bad',
      prints: [
        'NAME   AGE     SIGNERNAME           REQUESTOR          REQUESTEDDURATION   CONDITION',
        'good   <age>   example.com/signer   kubernetes-admin   60m                 Approved',
        'bad    <age>   example.com/signer   kubernetes-admin   60m                 Denied',
      ],
    },
    {
      run: 'certificate approve bad',
      fails: ['error: certificate signing request "bad" is already Denied'],
    },
    { run: 'delete csr good bad', prints: /"good" deleted[^]*"bad" deleted/, warns: /^/ },
  ],
}

tell('cluster', [AUTH, NODES, DISRUPTIONS, PARTS, CERTIFICATES])

/** `auth`, `certificate`, and what one does with nodes: `taint`, `cordon`, `drain`. */
import type { Story } from '../../support/kubectl-story.ts'
import { tell } from '../../support/kubectl-story.ts'

const AUTH: Story = {
  title: 'auth',
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
      prints: /\nnode\/simulated-0 (?:drained|deleted)\n$/,
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

tell('cluster', [AUTH, NODES])

/** `rollout`, `scale`, `wait` and `delete`, with what the controllers make of them. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const deployment = (name: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
    },
  },
})

const ROLLED_OUT = /(?:^|\n)deployment "web" successfully rolled out\n$/

const ROLLING: Story = {
  title: 'rollout',
  files: { 'web.json': deployment('web', 2) },
  lines: [
    { run: 'apply -f web.json', prints: ['deployment.apps/web created'] },
    { run: 'rollout status deployment/web --timeout=30s', prints: ROLLED_OUT },
    { run: 'rollout status deployment/web', prints: ['deployment "web" successfully rolled out'] },
    {
      run: 'get deployment,replicaset,pod',
      eventually: true,
      prints: [
        'NAME                  READY   UP-TO-DATE   AVAILABLE   AGE',
        'deployment.apps/web   2/2     2            2           <age>',
        '',
        'NAME                             DESIRED   CURRENT   READY   AGE',
        'replicaset.apps/web-<hash>       2         2         2       <age>',
        '',
        'NAME                       READY   STATUS    RESTARTS   AGE',
        'pod/web-<hash>-<hash>      1/1     Running   0          <age>',
        'pod/web-<hash>-<hash>      1/1     Running   0          <age>',
      ],
    },
    {
      run: 'describe deployment web',
      eventually: true,
      prints: (minor) => [
        'Name:                   web',
        'Namespace:              $ns',
        'CreationTimestamp:      <date>',
        'Labels:                 app=web',
        'Annotations:            deployment.kubernetes.io/revision: 1',
        'Selector:               app=web',
        'Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable',
        'StrategyType:           RollingUpdate',
        'MinReadySeconds:        0',
        'RollingUpdateStrategy:  25% max unavailable, 25% max surge',
        'Pod Template:',
        '  Labels:  app=web',
        '  Containers:',
        '   main:',
        '    Image:        nginx:1',
        '    Port:         <none>',
        '    Host Port:    <none>',
        '    Environment:  <none>',
        '    Mounts:       <none>',
        '  Volumes:        <none>',
        ...(minor < 30 ? [] : ['  Node-Selectors:  <none>', '  Tolerations:     <none>']),
        'Conditions:',
        '  Type           Status  Reason',
        '  ----           ------  ------',
        '  Available      True    MinimumReplicasAvailable',
        '  Progressing    True    NewReplicaSetAvailable',
        'OldReplicaSets:  <none>',
        'NewReplicaSet:   web-<hash> (2/2 replicas created)',
        'Events:',
        '  Type    Reason             Age    From                   Message',
        '  ----    ------             ----   ----                   -------',
        '  Normal  ScalingReplicaSet  <age>  deployment-controller  Scaled up replica set web-<hash> from 0 to 2',
      ],
    },
    { run: 'set image deployment/web main=nginx:2', prints: ['deployment.apps/web image updated'] },
    {
      run: 'annotate deployment web kubernetes.io/change-cause=second',
      prints: /^deployment\.apps\/web annotated?\n$/,
    },
    { run: 'rollout status deployment/web --timeout=30s', prints: ROLLED_OUT },
    {
      run: 'rollout history deployment/web',
      eventually: true,
      prints: ['deployment.apps/web ', 'REVISION  CHANGE-CAUSE', '1         <none>', '2         second', ''],
    },
    {
      run: 'rollout history deployment/web --revision=2',
      prints: [
        'deployment.apps/web with revision #2',
        'Pod Template:',
        '  Labels:\tapp=web',
        '\tpod-template-hash=<hash>',
        '  Annotations:\tkubernetes.io/change-cause: second',
        '  Containers:',
        '   main:',
        '    Image:\tnginx:2',
        '<lines>',
      ],
    },
    { run: 'rollout undo deployment/web', prints: ['deployment.apps/web rolled back'], warns: ofApplied },
    { run: 'rollout status deployment/web --timeout=30s', prints: ROLLED_OUT },
    { run: `get deployment web -o jsonpath='{.spec.template.spec.containers[0].image}'`, prints: 'nginx:1' },
    {
      run: 'rollout history deployment/web',
      prints: ['deployment.apps/web ', 'REVISION  CHANGE-CAUSE', '2         second', '3         <none>', ''],
    },
    {
      run: 'rollout undo deployment/web --to-revision=99',
      fails: (minor) => [`${ofApplied(minor)}error: unable to find specified revision 99 in history`],
    },
    { run: 'rollout pause deployment/web', prints: ['deployment.apps/web paused'] },
    { run: 'rollout pause deployment/web', fails: ['error: deployments.apps "web" is already paused'] },
    { run: 'set image deployment/web main=nginx:3', prints: ['deployment.apps/web image updated'] },
    {
      run: 'get deployment web',
      eventually: true,
      prints: ['NAME   READY   UP-TO-DATE   AVAILABLE   AGE', 'web    2/2     0            2           <age>'],
    },
    {
      run: 'rollout undo deployment/web',
      fails: (minor) => [
        minor < 22
          ? "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume " +
            "deployment/web' and try again"
          : ofApplied(minor) +
            "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and " +
            'try again',
      ],
    },
    { run: 'rollout resume deployment/web', prints: ['deployment.apps/web resumed'] },
    { run: 'rollout status deployment/web --timeout=30s', prints: ROLLED_OUT },
    { run: 'rollout restart deployment/web', prints: ['deployment.apps/web restarted'] },
    { run: 'rollout status deployment/web --timeout=30s', prints: ROLLED_OUT },
    {
      run: `get deployment web -o jsonpath='{.spec.template.metadata.annotations}'`,
      prints: /^\{"kubectl\.kubernetes\.io\/restartedAt":".*"\}$/,
    },
    { run: 'scale deployment/web --replicas=3', prints: ['deployment.apps/web scaled'] },
    {
      run: 'scale deployment/web --current-replicas=2 --replicas=1',
      fails: /^error: Expected replicas to be 2, was 3\n$/,
    },
    {
      run: 'wait --for=condition=Available deployment/web --timeout=30s',
      prints: ['deployment.apps/web condition met'],
    },
    {
      run: 'get deployment web --subresource=scale',
      since: 24,
      eventually: true,
      prints: ['NAME   DESIRED   AVAILABLE   AGE', 'web    3         3           <age>'],
    },
    {
      run: 'describe deployment web',
      eventually: true,
      prints: /\nReplicas: +3 desired \| 3 updated \| 3 total \| 3 available \| 0 unavailable\n/,
    },
    {
      run: 'rollout status deployment/nope',
      fails: ['Error from server (NotFound): deployments.apps "nope" not found'],
    },
  ],
}

const DELETING: Story = {
  title: 'delete and wait',
  files: {
    'swept.json': deployment('swept', 1),
    'awaited.json': deployment('awaited', 1),
    'left.json': deployment('left', 1),
  },
  lines: [
    { run: 'apply -f swept.json', prints: ['deployment.apps/swept created'] },
    { run: 'rollout status deployment/swept --timeout=30s', prints: /successfully rolled out\n$/ },
    { run: 'delete deployment swept', prints: ['deployment.apps "swept" deleted$from'] },
    { run: 'get replicasets,pods -l app=swept', eventually: true, warns: ['No resources found in $ns namespace.'] },
    { run: 'apply -f awaited.json', prints: ['deployment.apps/awaited created'] },
    { run: 'rollout status deployment/awaited --timeout=30s', prints: /successfully rolled out\n$/ },
    { run: 'delete deployment awaited --cascade=foreground', prints: ['deployment.apps "awaited" deleted$from'] },
    // It went last.
    { run: 'get replicasets,pods -l app=awaited', warns: ['No resources found in $ns namespace.'] },
    { run: 'apply -f left.json', prints: ['deployment.apps/left created'] },
    { run: 'rollout status deployment/left --timeout=30s', prints: /successfully rolled out\n$/ },
    { run: 'delete deployment left --cascade=orphan', prints: ['deployment.apps "left" deleted$from'] },
    {
      run: `get replicasets -l app=left -o jsonpath='{.items[*].metadata.ownerReferences}{.items[*].spec.replicas}'`,
      eventually: true,
      prints: '1',
    },
    { run: 'delete replicasets -l app=left', prints: ['replicaset.apps "left-<hash>" deleted$from'] },
    { run: 'create configmap one --from-literal=a=b', prints: ['configmap/one created'] },
    { run: 'create configmap two', prints: ['configmap/two created'] },
    { run: 'delete configmap one --dry-run=client', prints: ['configmap "one" deleted$from (dry run)'] },
    { run: 'delete configmap one --dry-run=server', prints: ['configmap "one" deleted$from (server dry run)'] },
    { run: `wait --for=jsonpath='{.data.a}'=b configmap/one`, since: 23, prints: ['configmap/one condition met'] },
    {
      run: 'wait --for=condition=Ready configmap/one --timeout=1s',
      fails: /error: timed out waiting for the condition on configmaps\/one\n$/,
    },
    { run: 'delete configmap one two -o name', prints: ['configmap/one', 'configmap/two'] },
    { run: 'delete configmap one', fails: ['Error from server (NotFound): configmaps "one" not found'] },
    { run: 'delete configmap one --ignore-not-found' },
    { run: 'run one --image=nginx', prints: ['pod/one created'] },
    { run: 'wait --for=condition=Ready pod/one --timeout=30s', prints: ['pod/one condition met'] },
    { run: 'delete pod one --wait=false', prints: ['pod "one" deleted$from'] },
    { run: 'get pods -l run=one', eventually: true, warns: ['No resources found in $ns namespace.'] },
    { run: 'run two --image=nginx', prints: ['pod/two created'] },
    {
      run: 'delete pod two --grace-period=0 --force',
      prints: ['pod "two" force deleted$from'],
      warns: (minor) => [
        `${minor < 23 ? 'warning' : 'Warning'}: Immediate deletion does not wait for confirmation that the running ` +
          'resource has been terminated. The resource may continue to run on the cluster indefinitely.',
      ],
    },
    { run: 'delete pods --all', prints: ['No resources found'] },
    // A name that comes back starts anew.
    { run: 'create namespace $ns-again', prints: ['namespace/$ns-again created'] },
    { run: 'create configmap old -n $ns-again', prints: ['configmap/old created'] },
    { run: 'delete namespace $ns-again', warns: /./, prints: ['namespace "$ns-again" deleted'] },
    { run: 'create namespace $ns-again', prints: ['namespace/$ns-again created'] },
    { run: 'create configmap new -n $ns-again', prints: ['configmap/new created'] },
    {
      run: 'get configmaps,serviceaccounts -n $ns-again -o name',
      eventually: true,
      prints: ['configmap/kube-root-ca.crt', 'configmap/new', 'serviceaccount/default'],
    },
  ],
}

/** What the newest say first of undoing what `apply` has made. */
function ofApplied(minor: number): string {
  return minor < 36 ? '' : "Warning: resource deployments/web was previously managed with 'kubectl apply'. <words>\n"
}

tell('roll', [ROLLING, DELETING])

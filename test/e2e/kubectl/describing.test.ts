/** `describe`, `events`, `logs`, and what nodes without processes answer to `exec` and its like. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const SETTINGS = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', labels: { app: 'web' } },
  data: { colour: 'red' },
}

const WEB = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    containers: [
      {
        name: 'main',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        env: [
          { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
          { name: 'WHO', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        resources: { limits: { cpu: '500m', memory: '64Mi' } },
      },
    ],
  },
}

const DESCRIBING: Story = {
  title: 'describe and logs',
  files: { 'web.json': WEB, 'settings.json': SETTINGS },
  lines: [
    { run: 'create -f settings.json -f web.json', prints: ['configmap/settings created', 'pod/web created'] },
    { run: 'wait --for=condition=Ready pod/web --timeout=30s', prints: ['pod/web condition met'] },
    {
      run: 'describe pod web',
      eventually: true,
      prints: (minor) => [
        'Name:         web',
        'Namespace:    $ns',
        'Priority:     0',
        ...(minor < 24 ? [] : ['Service Account:  default']),
        'Node:         <node>/<ip>',
        'Start Time:   <date>',
        'Labels:       app=web',
        'Annotations:  <none>',
        'Status:       Running',
        'IP:           <ip>',
        'IPs:',
        '  IP:  <ip>',
        'Containers:',
        '  main:',
        '    Container ID:   simulated://<words>',
        '    Image:          nginx:1.27',
        '    Image ID:       simulated://<words>',
        '    Port:           80/TCP',
        '    Host Port:      0/TCP',
        '    State:          Running',
        '      Started:      <date>',
        '    Ready:          True',
        '    Restart Count:  0',
        '    Limits:',
        '      cpu:     500m',
        '      memory:  64Mi',
        '    Requests:',
        '      cpu:     500m',
        '      memory:  64Mi',
        '    Environment:',
        `      COLOUR:  <set to the key 'colour' of config map 'settings'>  Optional: false`,
        '      WHO:     web (v1:metadata.name)',
        '    Mounts:',
        '      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-<hash> (ro)',
        'Conditions:',
        '  Type              Status',
        '  PodReadyToStartContainers   True ',
        '  Initialized       True ',
        '  Ready             True ',
        '  ContainersReady   True ',
        '  PodScheduled      True ',
        'Volumes:',
        '  kube-api-access-<hash>:',
        '    Type:                    Projected (a volume that contains injected data from multiple sources)',
        '    TokenExpirationSeconds:  3607',
        '    ConfigMapName:           kube-root-ca.crt',
        minor < 33 ? '    ConfigMapOptional:       <nil>' : '    Optional:                false',
        '    DownwardAPI:             true',
        'QoS Class:                   Guaranteed',
        'Node-Selectors:              <none>',
        'Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s',
        '                             node.kubernetes.io/unreachable:NoExecute op=Exists for 300s',
        'Events:',
        '  Type    Reason     Age    From               Message',
        '  ----    ------     ----   ----               -------',
        '  Normal  <lines>',
      ],
    },
    {
      run: 'get events --field-selector=involvedObject.name=web,reason=Scheduled',
      eventually: true,
      prints: [
        'LAST SEEN   TYPE     REASON      OBJECT    MESSAGE',
        '<age>       Normal   Scheduled   pod/web   Successfully assigned $ns/web to <node>',
      ],
    },
    {
      run: 'get events --field-selector=involvedObject.name=web,reason=Pulled -o wide --no-headers',
      eventually: true,
      prints: [
        '<age>  Normal  Pulled  pod/web  spec.containers{main}  kubelet, <node>  Container image "nginx:1.27" <words>',
      ],
    },
    {
      run: 'events --for=pod/web --types=Normal --no-headers',
      eventually: true,
      since: 28,
      prints: /^(?:\d+s +Normal +(?:Scheduled|Pulled|Created|Started) +Pod\/web +.*\n){4}$/,
    },
    {
      run: 'describe configmap settings',
      prints: (minor) => [
        'Name:         settings',
        'Namespace:    $ns',
        'Labels:       app=web',
        'Annotations:  <none>',
        '',
        'Data',
        '====',
        'colour:',
        '----',
        'red',
        ...(minor < 31 ? [] : ['']),
        ...(minor < 22 ? [] : ['', 'BinaryData', '====', '']),
        'Events:  <none>',
      ],
    },
    { run: 'describe pods nope', fails: ['Error from server (NotFound): pods "nope" not found'] },
    // Nothing about quotas and limits, which are not served yet.
    {
      run: 'describe namespace $ns',
      prints: [
        'Name:         $ns',
        'Labels:       kubernetes.io/metadata.name=$ns',
        'Annotations:  <none>',
        'Status:       Active',
      ],
    },
    {
      run: 'describe node simulated-0',
      prints: (minor) => [
        'Name:               simulated-0',
        'Roles:              <none>',
        '<lines>',
        '  Kubelet Version:            v1.36.<words>',
        // Of kube-proxy the newest say nothing.
        ...(minor < 36 ? ['<lines>'] : []),
        'PodCIDR:                      10.244.<number>.0/24',
        '<lines>',
        'Non-terminated Pods:          (<number> in total)',
        '<lines>',
      ],
    },
    {
      run: 'describe clusterrolebinding cluster-admin',
      prints: [
        'Name:         cluster-admin',
        'Labels:       kubernetes.io/bootstrapping=rbac-defaults',
        'Annotations:  rbac.authorization.kubernetes.io/autoupdate: true',
        'Role:',
        '  Kind:  ClusterRole',
        '  Name:  cluster-admin',
        'Subjects:',
        '  Kind   Name            Namespace',
        '  ----   ----            ---------',
        '  Group  system:masters  ',
      ],
    },
    { run: 'logs web', prints: ['simulated: container main of pod $ns/web on node <node> has started; <words>'] },
    { run: 'logs web --timestamps --tail=1', prints: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z simulated: / },
    { run: 'logs web --tail=0' },
    { run: 'logs web --since-time=2100-01-01T00:00:00Z' },
    { run: 'logs -l app=web --prefix', prints: /^\[pod\/web\/main\] simulated: / },
    {
      run: 'logs web --previous',
      fails: ['Error from server (BadRequest): previous terminated container "main" in pod "web" not found'],
    },
    {
      run: 'logs web -c nope',
      fails: (minor) => [`error: container nope is not valid for pod web${minor < 36 ? '' : ' out of: main'}`],
    },
    {
      run: 'logs nope',
      fails: (minor) => [
        minor < 30
          ? 'Error from server (NotFound): pods "nope" not found'
          : 'error: error from server (NotFound): pods "nope" not found in namespace "$ns"',
      ],
    },
    { run: 'exec web -- ls', fails: (minor) => [notServed('exec', minor)] },
    { run: 'attach web', fails: (minor) => ['<lines>' + notServed('attach', minor)] },
    {
      run: 'port-forward web :80',
      fails: (minor) => [
        `error: error upgrading connection: ${minor < 36 ? '' : 'unable to upgrade connection: '}` +
          'portforward is not supported by the node that pod "web" runs on; <words>',
      ],
    },
    { run: 'cp web:/etc/hosts hosts', fails: (minor) => [notServed('exec', minor)] },
    { run: 'delete pod web', prints: ['pod "web" deleted$from'] },
  ],
}

/** What nodes without processes say to those who want to speak with one. */
function notServed(what: string, minor: number): string {
  const said = minor < 36 ? 'Error from server (MethodNotAllowed)' : 'error: unable to upgrade connection'
  return `${said}: ${what} is not supported by the node that pod "web" runs on; <words>`
}

tell('describe', [DESCRIBING])

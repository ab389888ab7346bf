/**
 * `get` in every form of output, with selectors, sorted, in chunks and watched; `explain`, `api-resources` and others
 * that tell what is served.
 */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const pod = (name: string, labels: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
})

const PODS = {
  apiVersion: 'v1',
  kind: 'List',
  items: [pod('b', { tier: 'front', z: '1' }), pod('a', { z: '2' }), pod('c', { tier: 'back' })],
}

const SETTINGS = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', labels: { app: 'web' } },
  data: { colour: 'red' },
}

const GETTING: Story = {
  title: 'get',
  files: { 'pods.json': PODS, 'settings.json': SETTINGS },
  lines: [
    { run: 'get pods', warns: ['No resources found in $ns namespace.'] },
    { run: 'create -f pods.json', prints: ['pod/b created', 'pod/a created', 'pod/c created'] },
    { run: 'create -f settings.json', prints: ['configmap/settings created'] },
    {
      run: 'wait --for=condition=Ready pod/a pod/b pod/c --timeout=30s',
      prints: ['pod/a condition met', 'pod/b condition met', 'pod/c condition met'],
    },
    {
      run: 'get pods',
      prints: [
        'NAME   READY   STATUS    RESTARTS   AGE',
        'a      1/1     Running   0          <age>',
        'b      1/1     Running   0          <age>',
        'c      1/1     Running   0          <age>',
      ],
    },
    {
      run: 'get pods -o wide',
      prints: [
        'NAME   READY   STATUS    RESTARTS   AGE     IP     NODE     NOMINATED NODE   READINESS GATES',
        'a      1/1     Running   0          <age>   <ip>   <node>   <none>           <none>',
        'b      1/1     Running   0          <age>   <ip>   <node>   <none>           <none>',
        'c      1/1     Running   0          <age>   <ip>   <node>   <none>           <none>',
      ],
    },
    { run: 'get pods --no-headers a', prints: ['a   1/1   Running   0     <age>'] },
    { run: 'get pods -o name', prints: ['pod/a', 'pod/b', 'pod/c'] },
    { run: 'get pods --chunk-size=1 -o name', prints: ['pod/a', 'pod/b', 'pod/c'] },
    { run: 'get pods --sort-by=.metadata.labels.z -o name', prints: ['pod/c', 'pod/b', 'pod/a'] },
    { run: "get pods -l 'z in (1,2),tier!=front' -o name", prints: ['pod/a'] },
    { run: "get pods -l '!z' -o name", prints: ['pod/c'] },
    { run: 'get pods --field-selector=status.phase=Running,metadata.name!=a -o name', prints: ['pod/b', 'pod/c'] },
    {
      run: 'get pods --field-selector=spec.shoeSize=42',
      fails: [
        'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field ' +
          'selector "spec.shoeSize=42": field label not supported: spec.shoeSize',
      ],
    },
    {
      run: 'get pods -L z,tier',
      prints: [
        'NAME   READY   STATUS    RESTARTS   AGE     Z       TIER',
        'a      1/1     Running   0          <age>   2       ',
        'b      1/1     Running   0          <age>   1       front',
        'c      1/1     Running   0          <age>           back',
      ],
    },
    {
      run: 'get pod b --show-labels',
      prints: [
        'NAME   READY   STATUS    RESTARTS   AGE     LABELS',
        'b      1/1     Running   0          <age>   tier=front,z=1',
      ],
    },
    {
      // Until 1.20 managedFields were shown.
      since: 21,
      run: 'get configmap settings -o yaml',
      prints: [
        'apiVersion: v1',
        'data:',
        '  colour: red',
        'kind: ConfigMap',
        'metadata:',
        '  creationTimestamp: "<time>"',
        '  labels:',
        '    app: web',
        '  name: settings',
        '  namespace: $ns',
        '  resourceVersion: "<number>"',
        '  uid: <uid>',
      ],
    },
    {
      // Until 1.20 managedFields were shown.
      since: 21,
      run: 'get configmap settings -o json',
      prints: [
        '{',
        '    "apiVersion": "v1",',
        '    "data": {',
        '        "colour": "red"',
        '    },',
        '    "kind": "ConfigMap",',
        '    "metadata": {',
        '        "creationTimestamp": "<time>",',
        '        "labels": {',
        '            "app": "web"',
        '        },',
        '        "name": "settings",',
        '        "namespace": "$ns",',
        '        "resourceVersion": "<number>",',
        '        "uid": "<uid>"',
        '    }',
        '}',
      ],
    },
    {
      run: `get pods -o jsonpath='{range .items[*]}{.metadata.name}={.status.phase};{end}'`,
      prints: 'a=Running;b=Running;c=Running;',
    },
    { run: `get pods -o go-template='{{range .items}}{{.metadata.name}} {{end}}'`, prints: 'a b c ' },
    {
      run: 'get pods -o custom-columns=WHO:.metadata.name,IMAGE:.spec.containers[*].image,NONE:.nope',
      prints: ['WHO   IMAGE   NONE', 'a     nginx   <none>', 'b     nginx   <none>', 'c     nginx   <none>'],
    },
    {
      run: 'get pods --server-print=false a',
      prints: ['NAME   AGE', 'a      <age>'],
    },
    {
      run: 'get pod/a configmap/settings',
      prints: [
        'NAME    READY   STATUS    RESTARTS   AGE',
        'pod/a   1/1     Running   0          <age>',
        '',
        'NAME                 DATA   AGE',
        'configmap/settings   1      <age>',
      ],
    },
    {
      run: 'get pods,configmaps -o name',
      prints: ['pod/a', 'pod/b', 'pod/c', 'configmap/kube-root-ca.crt', 'configmap/settings'],
    },
    { run: 'get -f pods.json -o name', prints: ['pod/b', 'pod/a', 'pod/c'] },
    { run: 'get all -o name', prints: ['pod/a', 'pod/b', 'pod/c'] },
    {
      run: 'get pods nope a',
      prints: ['NAME   READY   STATUS    RESTARTS   AGE', 'a      1/1     Running   0          <age>'],
      fails: ['Error from server (NotFound): pods "nope" not found'],
    },
    { run: 'get pods nope --ignore-not-found' },
    { run: 'get nopes', fails: [`error: the server doesn't have a resource type "nopes"`] },
    { run: 'get pods.v1. a -o name', prints: ['pod/a'] },
    {
      run: 'get pods -A --field-selector=metadata.namespace=$ns',
      prints: [
        'NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE',
        '$ns         a      1/1     Running   0          <age>',
        '$ns         b      1/1     Running   0          <age>',
        '$ns         c      1/1     Running   0          <age>',
      ],
    },
    {
      run: 'get pods -A --field-selector=metadata.namespace=$ns --chunk-size=1 -l tier --no-headers',
      prints: ['$ns   b   1/1   Running   0     <age>', '$ns   c   1/1   Running   0     <age>'],
    },
    // A watch shows what is there, and ends without a word when its time is up.
    { run: 'get pods --watch --request-timeout=1s -o name', prints: ['pod/a', 'pod/b', 'pod/c'] },
    {
      run: 'get pods -A --watch --request-timeout=1s -o name --field-selector=metadata.namespace=$ns -l tier=back',
      prints: ['pod/c'],
    },
    {
      run: 'get pods --watch --output-watch-events --request-timeout=1s a',
      prints: [
        'EVENT   NAME   READY   STATUS    RESTARTS   AGE',
        'ADDED   a      1/1     Running   0          <age>',
      ],
    },
    { run: 'get namespace $ns', prints: ['NAME   STATUS   AGE', '$ns    Active   <age>'] },
    {
      run: 'get nodes -l workernetes.dev/runtime=isolates',
      prints: ['NAME       STATUS   ROLES    AGE     VERSION', 'isolates   Ready    <none>   <age>   v1.36.<words>'],
    },
    {
      run: 'get endpoints kubernetes -n default',
      prints: ['NAME         ENDPOINTS            AGE', 'kubernetes   192.0.2.1:<number>   <age>'],
      warns: ['Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
    },
    { run: 'get --raw /api/v1/namespaces/$ns/pods/a/status', prints: /^\{"kind":"Pod","apiVersion":"v1",/ },
    { run: 'get --raw /livez?verbose', prints: /^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd ok\n.*livez check passed/s },
    { run: 'get --raw /readyz?verbose', prints: /poststarthook\/rbac\/bootstrap-roles ok\n.*readyz check passed/s },
    { run: 'get --raw /metrics/slis', prints: /^kubernetes_healthcheck\{name="etcd",type="readyz"\} 1$/m },
    {
      run: 'get --raw /nope',
      fails: ['Error from server (NotFound): the server could not find the requested resource'],
    },
  ],
}

const SERVED: Story = {
  title: 'what is served',
  lines: [
    {
      run: 'version --short',
      until: 24,
      prints: ['Client Version: v1.<words>', 'Server Version: v1.36.<words>'],
    },
    {
      run: 'version -o json',
      prints: /"gitVersion": "v1\.36\.\d+\+workernetes/,
      warns: /^(?:WARNING: version difference between client .*\n)?$/,
    },
    {
      run: 'api-versions',
      prints: /^(?:api\w+\.k8s\.io\/v1\n){2}apps\/v1\n(?:[\w.]+\/v\d\n)+v1\nworkernetes\.dev\/v1\n$/,
    },
    {
      run: 'api-resources --api-group=apps',
      prints: (minor) => [
        `NAME                  SHORTNAMES   ${minor < 20 ? 'APIGROUP' : 'APIVERSION'}   NAMESPACED   KIND`,
        'controllerrevisions                apps/v1      true         ControllerRevision',
        'daemonsets            ds           apps/v1      true         DaemonSet',
        'deployments           deploy       apps/v1      true         Deployment',
        'replicasets           rs           apps/v1      true         ReplicaSet',
        'statefulsets          sts          apps/v1      true         StatefulSet',
      ],
    },
    {
      run: 'api-resources --namespaced=false --verbs=list,watch --api-group= -o name',
      prints: ['namespaces', 'nodes', 'persistentvolumes'],
    },
    {
      run: 'explain pods.spec.restartPolicy',
      prints: /FIELD: restartPolicy <string>\nENUM:\n {4}Always\n {4}Never\n {4}OnFailure\n/,
      since: 30,
    },
    {
      run: 'explain pods.spec.containers.image',
      prints: ['KIND:     Pod', 'VERSION:  v1', '', 'FIELD:    image <string>', '<lines>'],
      until: 26,
    },
    {
      run: 'explain pods.spec.containers.image',
      prints: ['KIND:       Pod', 'VERSION:    v1', '', 'FIELD: image <string>', '<lines>'],
      since: 27,
    },
    {
      run: 'explain deployment.spec.strategy --recursive',
      prints: (minor) =>
        minor < 27
          ? [
              'KIND:     Deployment',
              'VERSION:  apps/v1',
              '',
              'RESOURCE: strategy <Object>',
              '<lines>',
              'FIELDS:',
              '   rollingUpdate\t<Object>',
              '      maxSurge\t<string>',
              '      maxUnavailable\t<string>',
              '   type\t<string>',
            ]
          : [
              'GROUP:      apps',
              'KIND:       Deployment',
              'VERSION:    v1',
              '',
              'FIELD: strategy <DeploymentStrategy>',
              '<lines>',
              'FIELDS:',
              '  rollingUpdate\t<RollingUpdateDeployment>',
              '    maxSurge\t<IntOrString>',
              '    maxUnavailable\t<IntOrString>',
              '  type\t<string>',
              '<lines>',
            ],
    },
    {
      run: 'explain pods.spec.containers.image',
      prints: /DESCRIPTION:\n +Container image name/,
    },
    { run: 'explain pods.spec', prints: /DESCRIPTION:\n +Specification of the desired behavior of the pod\./ },
    {
      run: 'explain pods.spec.restartPolicy',
      prints: /Restart policy for all containers[^]*Possible enum values:/,
    },
    { run: 'explain cluster.spec.description', prints: /DESCRIPTION:\n +What it is for, in its owner's words\.\n/ },
    {
      run: 'explain pods.nope',
      prints: (minor) => (minor < 27 ? [] : ['KIND:       Pod', 'VERSION:    v1', '']),
      fails: ['error: field "nope" does not exist'],
    },
    { run: 'explain nopes', fails: [`the server doesn't have a resource type "nopes"`] },
    {
      run: 'cluster-info',
      prints: [
        '<words>Kubernetes control plane<words> is running at <words>https://127.0.0.1:<number><words>',
        '',
        "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.",
      ],
    },
    { run: 'cluster-info dump --output-directory=dumped', prints: ['Cluster info dumped to dumped'] },
    {
      run: 'cluster-info dump --namespaces=$ns -o yaml',
      prints: /^apiVersion: v1\nitems:\n[^]*\nkind: NodeList\n[^]*\nkind: EventList\n[^]*\nkind: PodList\n/,
    },
    { run: 'get --raw /', prints: /^\{\n {2}"paths": \[\n {4}"\/\.well-known\/openid-configuration",\n {4}"\/api",\n/ },
    { run: 'config current-context', prints: ['workernetes'] },
    { run: 'config view', prints: /\n {4}server: https:\/\/127\.0\.0\.1:\d+\n {2}name: workernetes\n/ },
    {
      run: 'config get-contexts',
      prints: [
        'CURRENT   NAME          CLUSTER       AUTHINFO      NAMESPACE',
        '*         workernetes   workernetes   workernetes   ',
      ],
    },
    { run: 'top pod', fails: ['error: Metrics API not available'] },
    { run: 'top node', fails: ['error: Metrics API not available'] },
  ],
}

tell('read', [GETTING, SERVED])

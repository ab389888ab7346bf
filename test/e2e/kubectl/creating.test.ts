/**
 * `kubectl create` of every sub-kind, `run`, `expose`, `autoscale`, dry runs, and what a wrong one is told. Kinds that
 * nothing acts on yet say so in a warning.
 */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'
import { ONE_CERTIFICATE, ONE_KEY } from '../../fixtures/certificates.ts'

const UNKNOWN_FIELD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'odd' },
  spec: { shoeSize: 42, containers: [{ name: 'main', image: 'nginx' }] },
}

const PAIR = `apiVersion: v1
kind: ConfigMap
metadata: {name: first}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
`

const TEMPLATED = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } }

const SUBKINDS: Story = {
  title: 'each sub-kind',
  files: {
    'settings.env': 'colour=red\nsize=big\n',
    'motd.txt': 'hello',
    'door.crt': ONE_CERTIFICATE,
    'door.key': ONE_KEY,
  },
  lines: [
    {
      run: 'create namespace $ns',
      fails: ['Error from server (AlreadyExists): namespaces "$ns" already exists'],
    },
    { run: 'create configmap literal --from-literal=a=1 --from-literal=b=2', prints: ['configmap/literal created'] },
    { run: 'create configmap env --from-env-file=settings.env', prints: ['configmap/env created'] },
    { run: "get configmap env -o jsonpath='{.data}'", prints: '{"colour":"red","size":"big"}' },
    {
      run: 'create configmap file --from-file=motd.txt --from-file=other=motd.txt',
      prints: ['configmap/file created'],
    },
    { run: "get configmap file -o jsonpath='{.data}'", prints: '{"motd.txt":"hello","other":"hello"}' },
    { run: 'create secret generic sesame --from-literal=p=w', prints: ['secret/sesame created'] },
    { run: "get secret sesame -o jsonpath='{.type} {.data.p}'", prints: 'Opaque dw==' },
    {
      run: 'create secret docker-registry pull --docker-username=u --docker-password=p --docker-email=e@example.com',
      prints: ['secret/pull created'],
    },
    { run: 'create secret tls door --cert=door.crt --key=door.key', prints: ['secret/door created'] },
    {
      run: 'get secrets',
      prints: [
        'NAME     TYPE                             DATA   AGE',
        'door     kubernetes.io/tls                2      <age>',
        'pull     kubernetes.io/dockerconfigjson   1      <age>',
        'sesame   Opaque                           1      <age>',
      ],
    },
    { run: 'create serviceaccount robot', prints: ['serviceaccount/robot created'] },
    { run: 'create token robot --duration=10m', since: 24, prints: '<token>' },
    {
      run: 'create role reader --verb=get,list --resource=pods,deployments.apps',
      prints: ['role.rbac.authorization.k8s.io/reader created'],
    },
    {
      run: 'create rolebinding readers --role=reader --user=joe --group=staff',
      prints: ['rolebinding.rbac.authorization.k8s.io/readers created'],
    },
    {
      run: 'create rolebinding viewers --clusterrole=view --serviceaccount=$ns:robot',
      prints: ['rolebinding.rbac.authorization.k8s.io/viewers created'],
    },
    {
      run: 'get rolebindings -o wide',
      prints: [
        'NAME      ROLE               AGE     USERS   GROUPS   SERVICEACCOUNTS',
        'readers   Role/reader        <age>   joe     staff    ',
        'viewers   ClusterRole/view   <age>                    $ns/robot',
      ],
    },
    {
      run: 'create clusterrole $ns-nodes --verb=get --resource=nodes',
      prints: ['clusterrole.rbac.authorization.k8s.io/$ns-nodes created'],
    },
    {
      run: 'create clusterrole $ns-metrics --verb=get --non-resource-url=/metrics',
      prints: ['clusterrole.rbac.authorization.k8s.io/$ns-metrics created'],
    },
    {
      run: 'create clusterrole $ns-sum --aggregation-rule=team=$ns',
      prints: ['clusterrole.rbac.authorization.k8s.io/$ns-sum created'],
    },
    {
      run: 'create clusterrolebinding $ns-nodes --clusterrole=$ns-nodes --user=joe',
      prints: ['clusterrolebinding.rbac.authorization.k8s.io/$ns-nodes created'],
    },
    {
      run: 'create priorityclass $ns-high --value=1000 --description=high',
      prints: ['priorityclass.scheduling.k8s.io/$ns-high created'],
    },
    {
      run: 'create quota small --hard=pods=1',
      fails: ['error: failed to create quota: the server could not find the requested resource'],
    },
    // 1.20 makes it in policy/v1beta1, which Kubernetes has given up in 1.25.
    {
      run: 'create poddisruptionbudget budget --selector=app=web --min-available=1',
      since: 22,
      prints: ['poddisruptionbudget.policy/budget created'],
    },
    {
      run: "create ingress front --rule='example.com/*=web:80,tls=cert' --default-backend=web:80",
      prints: ['ingress.networking.k8s.io/front created'],
      warns: ['Warning: Ingress: nothing acts on it yet: an Ingress controller is not built'],
    },
    {
      run: 'get ingress',
      prints: [
        'NAME    CLASS    HOSTS         ADDRESS   PORTS     AGE',
        'front   <none>   example.com             80, 443   <age>',
      ],
    },
    { run: 'create service clusterip plain --tcp=80:8080', prints: ['service/plain created'] },
    { run: 'create service clusterip headless --clusterip=None', prints: ['service/headless created'] },
    { run: 'create service nodeport ported --tcp=80:8080', prints: ['service/ported created'] },
    { run: 'create service loadbalancer balanced --tcp=80', prints: ['service/balanced created'] },
    { run: 'create service externalname away --external-name=example.com', prints: ['service/away created'] },
    {
      run: 'get services',
      eventually: true,
      prints: [
        'NAME       TYPE           CLUSTER-IP   EXTERNAL-IP              PORT(S)           AGE',
        'away       ExternalName   <none>       example.com              <none>            <age>',
        'balanced   LoadBalancer   <ip>         balanced.$ns.localhost   80:<number>/TCP   <age>',
        'headless   ClusterIP      None         <none>                   <none>            <age>',
        'plain      ClusterIP      <ip>         <none>                   80/TCP            <age>',
        'ported     NodePort       <ip>         <none>                   80:<number>/TCP   <age>',
      ],
    },
  ],
}

const WORKLOADS: Story = {
  title: 'workloads',
  lines: [
    { run: 'create deployment web --image=nginx:1.27 --replicas=2 --port=80', prints: ['deployment.apps/web created'] },
    { run: 'create deployment pair --image=a --image=b', prints: ['deployment.apps/pair created'] },
    { run: 'create job hello --image=busybox -- echo hello', prints: ['job.batch/hello created'] },
    {
      run: "create cronjob tick --image=busybox --schedule='*/5 * * * *' -- date",
      since: 21,
      prints: ['cronjob.batch/tick created'],
      warns: ['Warning: CronJob: nothing acts on it yet: the CronJob controller is not built'],
    },
    { run: 'create job ticked --from=cronjob/tick', since: 21, prints: ['job.batch/ticked created'] },
    {
      run: 'run one --image=nginx --port=80 --expose --labels=app=one --env=A=b',
      prints: ['service/one created', 'pod/one created'],
    },
    { run: 'run two --image=busybox --restart=Never --command -- sleep 1', prints: ['pod/two created'] },
    {
      run: 'create token default --bound-object-kind=Pod --bound-object-name=two',
      since: 24,
      prints: '<token>',
    },
    {
      run: "get pod two -o jsonpath='{.spec.restartPolicy} {.spec.containers[0].command}'",
      prints: 'Never ["sleep","1"]',
    },
    { run: 'expose deployment web --name=front --target-port=8080 --type=NodePort', prints: ['service/front exposed'] },
    { run: 'expose pod one --name=again --port=81', prints: ['service/again exposed'] },
    { run: 'expose service front --name=copy --port=82', prints: ['service/copy exposed'] },
    {
      run: 'get services -o wide',
      prints: [
        'NAME    TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)           AGE     SELECTOR',
        'again   ClusterIP   <ip>         <none>        81/TCP            <age>   app=one',
        'copy    ClusterIP   <ip>         <none>        82/TCP            <age>   app=web',
        'front   NodePort    <ip>         <none>        80:<number>/TCP   <age>   app=web',
        'one     ClusterIP   <ip>         <none>        80/TCP            <age>   app=one',
      ],
    },
    {
      run: 'autoscale deployment web --min=1 --max=3 --cpu-percent=80',
      prints: ['horizontalpodautoscaler.autoscaling/web autoscaled'],
      warns: (minor) => [
        ...(minor < 34
          ? []
          : [
              'Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format ' +
                "(e.g., '70%' for utilization or '500m' for milliCPU).",
            ]),
        'Warning: HorizontalPodAutoscaler: nothing acts on it yet: the HorizontalPodAutoscaler controller is not built',
      ],
    },
    {
      run: 'get horizontalpodautoscalers',
      prints: [
        'NAME   REFERENCE        TARGETS              MINPODS   MAXPODS   REPLICAS   AGE',
        'web    Deployment/web   cpu: <unknown>/80%   1         3         0          <age>',
      ],
    },
    {
      run: 'get jobs',
      since: 21,
      eventually: true,
      prints: [
        'NAME     STATUS     COMPLETIONS   DURATION   AGE',
        'hello    Complete   1/1           <age>      <age>',
        'ticked   Complete   1/1           <age>      <age>',
      ],
    },
  ],
}

const DRY_RUNS: Story = {
  title: 'dry runs and files',
  files: { 'pair.yaml': PAIR, 'made.json': TEMPLATED },
  lines: [
    {
      run: 'create configmap dry --from-literal=a=1 --dry-run=client -o yaml',
      // Since 1.34 a creation time that is not set is left out.
      prints: (minor) => [
        'apiVersion: v1',
        'data:',
        '  a: "1"',
        'kind: ConfigMap',
        'metadata:',
        ...(minor < 34 ? ['  creationTimestamp: null'] : []),
        '  name: dry',
        '  namespace: $ns',
      ],
    },
    { run: 'create configmap dry --dry-run=server', prints: ['configmap/dry created (server dry run)'] },
    { run: 'run dry --image=nginx --dry-run=server', prints: ['pod/dry created (server dry run)'] },
    { run: 'create -f pair.yaml --dry-run=client -o name', prints: ['configmap/first', 'configmap/second'] },
    { run: 'get pods,configmaps -o name', prints: ['configmap/kube-root-ca.crt'] },
    { run: 'create -f pair.yaml', prints: ['configmap/first created', 'configmap/second created'] },
    {
      run: 'create -f pair.yaml',
      fails: [
        'Error from server (AlreadyExists): error when creating "pair.yaml": configmaps "first" already exists',
        'Error from server (AlreadyExists): error when creating "pair.yaml": configmaps "second" already exists',
      ],
    },
    { run: 'create -f made.json', prints: ['configmap/made-<hash> created'] },
    { run: 'delete -f pair.yaml', prints: ['configmap "first" deleted$from', 'configmap "second" deleted$from'] },
  ],
}

const REFUSALS: Story = {
  title: 'refusals',
  files: { 'odd.json': UNKNOWN_FIELD, 'unknown.yaml': 'apiVersion: v1\nkind: Nope\nmetadata: {name: x}\n' },
  lines: [
    { run: 'create configmap twice', prints: ['configmap/twice created'] },
    { run: 'create configmap twice', fails: refused('configmaps "twice" already exists', 'configmap') },
    { run: 'create configmap far -n nowhere', fails: refused('namespaces "nowhere" not found', 'configmap') },
    {
      run: 'create deployment Bad_Name --image=a',
      fails: [
        'error: failed to create deployment: Deployment.apps "Bad_Name" is invalid: metadata.name: Invalid value: ' +
          '"Bad_Name": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or ' +
          "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation " +
          String.raw`is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
      ],
    },
    {
      run: 'create -f unknown.yaml --validate=false',
      fails: (minor) =>
        minor < 24
          ? ['error: unable to recognize "unknown.yaml": no matches for kind "Nope" in version "v1"']
          : [
              'error: resource mapping not found for name: "x" namespace: "" from "unknown.yaml": ' +
                'no matches for kind "Nope" in version "v1"',
              'ensure CRDs are installed first',
            ],
    },
    // Older versions look into the OpenAPI document; newer ones leave it to the server.
    {
      run: 'create -f odd.json',
      fails: (minor) => [
        minor < 25
          ? 'error: error validating "odd.json": error validating data: ValidationError(Pod.spec): unknown field ' +
            '"shoeSize" in io.k8s.api.core.v1.PodSpec; if you choose to ignore these errors, turn validation off ' +
            'with --validate=false'
          : 'Error from server (BadRequest): error when creating "odd.json": Pod in version "v1" cannot be handled ' +
            'as a Pod: strict decoding error: unknown field "spec.shoeSize"',
      ],
    },
    {
      run: 'create -f odd.json --validate=false --dry-run=server',
      since: 25,
      prints: ['pod/odd created (server dry run)'],
    },
    {
      run: 'create -f odd.json --validate=warn',
      since: 25,
      prints: ['pod/odd created'],
      warns: ['Warning: unknown field "spec.shoeSize"'],
    },
  ],
}

/** Commands that make an object from flags say in newer versions what they failed to do. */
function refused(message: string, kind: string) {
  const reason = message.includes('not found') ? 'NotFound' : 'AlreadyExists'
  return (minor: number) => [
    minor < 23 ? `Error from server (${reason}): ${message}` : `error: failed to create ${kind}: ${message}`,
  ]
}

tell('create', [SUBKINDS, WORKLOADS, DRY_RUNS, REFUSALS])

/** `apply`, `diff`, `edit`, `patch`, `replace`, `label`, `annotate`, `set`, and `apply` with `--prune` and `-k`. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const SETTINGS = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: red
`

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: main
        image: nginx:1
        ports:
        - containerPort: 80
      - name: side
        image: side:1
`

/** An editor. */
const TURN_BLUE = '#!/bin/sh\nsed -i "s/colour: red/colour: blue/" "$1"\n'

const APPLYING: Story = {
  title: 'apply',
  files: {
    'settings.yaml': SETTINGS,
    'blue.yaml': SETTINGS.replace('red', 'blue'),
    'made.yaml': SETTINGS.replace('settings', 'made'),
    'turn-blue.sh': TURN_BLUE,
    'web.yaml': WEB,
    'bad.yaml': WEB.replace('replicas: 1', 'replicas: some'),
  },
  lines: [
    { run: 'apply -f settings.yaml --dry-run=client', prints: ['configmap/settings created (dry run)'] },
    { run: 'apply -f settings.yaml --dry-run=server', prints: ['configmap/settings created (server dry run)'] },
    { run: 'diff -f settings.yaml', exitCode: 1, prints: /\+ {2}colour: red/ },
    { run: 'apply -f settings.yaml', prints: ['configmap/settings created'] },
    { run: 'apply -f settings.yaml', prints: ['configmap/settings unchanged'] },
    { run: 'diff -f settings.yaml' },
    { run: 'diff -f blue.yaml', exitCode: 1, prints: /\n- {2}colour: red\n\+ {2}colour: blue\n/ },
    { run: 'apply -f blue.yaml --dry-run=server', prints: ['configmap/settings configured (server dry run)'] },
    { run: 'apply -f blue.yaml', prints: ['configmap/settings configured'] },
    {
      run: 'apply view-last-applied configmap settings',
      prints: [
        'apiVersion: v1',
        'data:',
        '  colour: blue',
        'kind: ConfigMap',
        'metadata:',
        '  annotations: {}',
        '  name: settings',
        '  namespace: $ns',
      ],
    },
    {
      // Until 1.20 managedFields were shown.
      since: 21,
      run: 'apply -f settings.yaml -o yaml',
      prints: [
        'apiVersion: v1',
        'data:',
        '  colour: red',
        'kind: ConfigMap',
        'metadata:',
        '  annotations:',
        '    kubectl.kubernetes.io/last-applied-configuration: |',
        '      {"apiVersion":"v1","data":{"colour":"red"},"kind":"ConfigMap","metadata":{"annotations":{},' +
          '"name":"settings","namespace":"$ns"}}',
        '  creationTimestamp: "<time>"',
        '  name: settings',
        '  namespace: $ns',
        '  resourceVersion: "<number>"',
        '  uid: <uid>',
      ],
    },
    { run: 'create -f made.yaml', prints: ['configmap/made created'] },
    {
      run: 'apply set-last-applied -f made.yaml',
      fails: [
        'error: no last-applied-configuration annotation found on resource: made, to create the annotation, run the ' +
          'command with --create-annotation',
      ],
    },
    { run: 'apply set-last-applied -f made.yaml --create-annotation', prints: ['configmap/made configured'] },
    // What was set is the file as it stands; what apply notes has the namespace in it.
    { run: 'apply -f made.yaml', prints: ['configmap/made configured'] },
    {
      run: 'apply edit-last-applied configmap/made',
      env: { EDITOR: './turn-blue.sh' },
      prints: ['configmap/made edited'],
    },
    { run: 'apply view-last-applied -f made.yaml', prints: /\n {2}colour: blue\n/ },
    { run: "get configmap made -o jsonpath='{.data.colour}'", prints: 'red' },
    { run: 'apply -f web.yaml', prints: ['deployment.apps/web created'] },
    { run: 'apply -f web.yaml', prints: ['deployment.apps/web unchanged'] },
    // What somebody else has changed comes back, what somebody else has added stays.
    { run: 'set image deployment/web main=nginx:2 side=side:2', prints: ['deployment.apps/web image updated'] },
    { run: 'label deployment web kept=yes', prints: ['deployment.apps/web labeled'] },
    { run: 'apply -f web.yaml', prints: ['deployment.apps/web configured'] },
    {
      run: "get deployment web -o jsonpath='{.spec.template.spec.containers[*].image} {.metadata.labels.kept}'",
      prints: 'nginx:1 side:1 yes',
    },
    {
      run: 'apply -f bad.yaml',
      fails: (minor) =>
        minor < 25
          ? [
              'error: error validating "bad.yaml": error validating data: ValidationError(Deployment.spec.replicas): ' +
                'invalid type for io.k8s.api.apps.v1.DeploymentSpec.replicas: got "string", expected "integer"; if ' +
                'you choose to ignore these errors, turn validation off with --validate=false',
            ]
          : /^The request is invalid: patch: Invalid value: "[^]*some[^]*\n$/,
    },
  ],
}

const PRUNED = ['one', 'two']
  .map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: of-two}}\n`)
  .join('---\n')

const KUSTOMIZATION = `resources: [settings.yaml]
namePrefix: my-
`

const SETS: Story = {
  title: 'sets of objects',
  files: {
    'two.yaml': PRUNED,
    'one.yaml': PRUNED.split('---')[0],
    'kustomized/kustomization.yaml': KUSTOMIZATION,
    'kustomized/settings.yaml': SETTINGS,
  },
  lines: [
    // Without a list 1.20 asks for kinds that Kubernetes has given up.
    {
      run: 'apply -f two.yaml --prune -l set=of-two --prune-whitelist=core/v1/ConfigMap',
      until: 25,
      prints: ['configmap/one created', 'configmap/two created'],
    },
    {
      run: 'apply -f one.yaml --prune -l set=of-two --prune-whitelist=core/v1/ConfigMap',
      until: 25,
      prints: ['configmap/one unchanged', 'configmap/two pruned'],
    },
    {
      run: 'apply -f two.yaml --prune -l set=of-two --prune-allowlist=core/v1/ConfigMap',
      since: 26,
      prints: ['configmap/one created', 'configmap/two created'],
    },
    {
      run: 'apply -f one.yaml --prune -l set=of-two --prune-allowlist=core/v1/ConfigMap',
      since: 26,
      prints: ['configmap/one unchanged', 'configmap/two pruned'],
    },
    { run: 'get configmaps -l set -o name', prints: ['configmap/one'] },
    {
      run: 'kustomize kustomized',
      prints: [
        'apiVersion: v1',
        'data:',
        '  colour: red',
        'kind: ConfigMap',
        'metadata:',
        '  name: my-settings',
      ],
    },
    { run: 'apply -k kustomized', prints: ['configmap/my-settings created'] },
    { run: 'diff -k kustomized' },
    { run: 'get -k kustomized -o name', prints: ['configmap/my-settings'] },
    { run: 'delete -k kustomized', prints: ['configmap "my-settings" deleted$from'] },
  ],
}

const EDITING: Story = {
  title: 'edit and patch',
  files: {
    'settings.yaml': SETTINGS,
    'turn-blue.sh': TURN_BLUE,
    'look.sh': '#!/bin/sh\n:\n',
    'web.yaml': WEB,
  },
  lines: [
    { run: 'create -f settings.yaml', prints: ['configmap/settings created'] },
    { run: 'edit configmap settings', env: { EDITOR: './turn-blue.sh' }, prints: ['configmap/settings edited'] },
    { run: 'edit configmap settings', env: { EDITOR: './look.sh' }, warns: ['Edit cancelled, no changes made.'] },
    { run: `patch configmap settings -p '{"data":{"a":"1"}}'`, prints: ['configmap/settings patched'] },
    { run: `patch configmap settings -p '{"data":{"a":"1"}}'`, prints: ['configmap/settings patched (no change)'] },
    {
      run: `patch configmap settings --type=merge -p '{"data":{"b":"2","a":null}}'`,
      prints: ['configmap/settings patched'],
    },
    {
      run: `patch configmap settings --type=json -p '[{"op":"add","path":"/data/c","value":"3"}]'`,
      prints: ['configmap/settings patched'],
    },
    {
      run: `patch configmap settings --type=json -p '[{"op":"test","path":"/data/c","value":"4"}]'`,
      fails: (minor) =>
        minor < 23
          ? ['The request is invalid']
          : ['The request is invalid: the server rejected our request due to an error in our request'],
    },
    { run: `get configmap settings -o jsonpath='{.data}'`, prints: '{"b":"2","c":"3","colour":"blue"}' },
    { run: `patch configmap nope -p '{}'`, fails: ['Error from server (NotFound): configmaps "nope" not found'] },
    {
      run: `patch configmap settings -p '{"metadata":{"name":"other"}}'`,
      fails: [
        'Error from server (BadRequest): the name of the object (other) does not match the name on the URL (settings)',
      ],
    },
    {
      run: `patch configmap settings -p '{"data":{"d":"4"}}' --dry-run=server`,
      prints: ['configmap/settings patched'],
    },
    { run: 'replace -f settings.yaml', prints: ['configmap/settings replaced'] },
    { run: `get configmap settings -o jsonpath='{.data}'`, prints: '{"colour":"red"}' },
    {
      run: 'replace --force -f settings.yaml',
      prints: ['configmap "settings" deleted$from', 'configmap/settings replaced'],
    },
    { run: 'delete configmap settings', prints: ['configmap "settings" deleted$from'] },
    {
      run: 'replace -f settings.yaml',
      fails: ['Error from server (NotFound): error when replacing "settings.yaml": configmaps "settings" not found'],
    },
    { run: 'create -f web.yaml', prints: ['deployment.apps/web created'] },
    // Lists merge by their keys: the others stay, and come after what the patch adds.
    {
      run: `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"side:2"}]}}}}'`,
      prints: ['deployment.apps/web patched'],
    },
    {
      run: `patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"new","image":"new:1"}]}}}}'`,
      prints: ['deployment.apps/web patched'],
    },
    {
      run: `get deployment web -o jsonpath='{.spec.template.spec.containers[*].image}'`,
      prints: 'new:1 nginx:1 side:2',
    },
    {
      run: `patch deployment web -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'`,
      fails: /^The Deployment "web" is invalid: *\n[^]*spec\.selector: Invalid value: [^]*: field is immutable\n$/,
    },
  ],
}

const MARKING: Story = {
  title: 'label and annotate',
  lines: [
    { run: 'create configmap a', prints: ['configmap/a created'] },
    { run: 'create configmap b', prints: ['configmap/b created'] },
    { run: 'label configmap a tier=front', prints: ['configmap/a labeled'] },
    {
      run: 'label configmap a tier=back',
      fails: ["error: 'tier' already has a value (front), and --overwrite is false"],
    },
    { run: 'label configmap a tier=back --overwrite', prints: ['configmap/a labeled'] },
    { run: 'label configmaps a b team=x', prints: ['configmap/a labeled', 'configmap/b labeled'] },
    {
      run: 'get configmaps -l team=x,tier=back -L tier',
      prints: ['NAME   DATA   AGE     TIER', 'a      0      <age>   back'],
    },
    { run: 'label configmap -l tier=back found=yes', prints: ['configmap/a labeled'] },
    {
      run: 'label configmap a tier-',
      prints: (minor) => [minor < 22 ? 'configmap/a labeled' : 'configmap/a unlabeled'],
    },
    { run: 'label configmap a nope-', prints: ['label "nope" not found.', 'configmap/a not labeled'] },
    {
      run: "label configmap a 'bad key=1'",
      fails: [
        'The ConfigMap "a" is invalid: metadata.labels: Invalid value: "bad key": name part must consist of ' +
          "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. " +
          "'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
          "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      ],
    },
    { run: 'annotate configmap a note=1', prints: annotated('configmap/a') },
    { run: 'annotate configmap a note=2 --overwrite', prints: annotated('configmap/a') },
    { run: `get configmap a -o jsonpath='{.metadata.annotations}'`, prints: '{"note":"2"}' },
    { run: 'annotate configmap a note-', prints: annotated('configmap/a') },
    {
      run: 'get configmap a --show-labels',
      prints: ['NAME   DATA   AGE     LABELS', 'a      0      <age>   found=yes,team=x'],
    },
  ],
}

const SETTING: Story = {
  title: 'set',
  files: { 'web.yaml': WEB },
  lines: [
    { run: 'create serviceaccount robot', prints: ['serviceaccount/robot created'] },
    { run: 'apply -f web.yaml', prints: ['deployment.apps/web created'] },
    { run: 'set image deployment/web main=nginx:2', prints: ['deployment.apps/web image updated'] },
    { run: 'set image deployment/web nope=nginx:2', fails: ['error: unable to find container named "nope"'] },
    { run: 'set env deployment/web -c main COLOUR=red', prints: ['deployment.apps/web env updated'] },
    { run: 'set env deployment/web -c main --list', prints: ['# Deployment web, container main', 'COLOUR=red'] },
    { run: 'set env deployment/web -c main COLOUR-', prints: ['deployment.apps/web env updated'] },
    {
      run: 'set resources deployment/web -c main --limits=cpu=200m,memory=64Mi --requests=cpu=0.1',
      prints: ['deployment.apps/web resource requirements updated'],
    },
    {
      run: `get deployment web -o jsonpath='{.spec.template.spec.containers[0].resources}'`,
      prints: '{"limits":{"cpu":"200m","memory":"64Mi"},"requests":{"cpu":"100m"}}',
    },
    { run: 'set serviceaccount deployment web robot', prints: ['deployment.apps/web serviceaccount updated'] },
    {
      run: `get deployment web -o jsonpath='{range .spec.template.spec}{.serviceAccount} {.serviceAccountName}{end}'`,
      prints: 'robot robot',
    },
    { run: 'create service clusterip web --tcp=80', prints: ['service/web created'] },
    { run: 'set selector service web app=web', prints: ['service/web selector updated'] },
    {
      run: 'create rolebinding viewers --clusterrole=view --user=a',
      prints: ['rolebinding.rbac.authorization.k8s.io/viewers created'],
    },
    {
      run: 'set subject rolebinding viewers --user=b',
      prints: ['rolebinding.rbac.authorization.k8s.io/viewers subjects updated'],
    },
    { run: `get rolebinding viewers -o jsonpath='{.subjects[*].name}'`, prints: 'a b' },
    { run: 'rollout status deployment web --timeout=30s', prints: /successfully rolled out\n$/ },
  ],
}

/** 1.27 says it in its own way. */
function annotated(what: string) {
  return (minor: number): string[] => [`${what} annotate${minor === 27 ? '' : 'd'}`]
}

tell('change', [APPLYING, SETS, EDITING, MARKING, SETTING])

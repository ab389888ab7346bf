/** `apply --server-side`: conflicts, force, owners shown, from client-side to server-side, and `diff`. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

const SETTINGS = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: red
  shape: round
`

const APPLIED = ['configmap/settings serverside-applied']
const OWNERS = '{range .metadata.managedFields[*]}{.manager} {.operation} {.fieldsV1};{end}'
const SHOW_DATA = "get configmap settings -o 'jsonpath={.data}'"

const APPLYING: Story = {
  title: 'apply --server-side',
  files: {
    'settings.yaml': SETTINGS,
    'blue.yaml': SETTINGS.replace('red', 'blue'),
    'shapeless.yaml': SETTINGS.replace('  shape: round\n', ''),
    'unknown.yaml': `${SETTINGS}foo: 1\n`,
  },
  lines: [
    {
      run: 'apply --server-side -f settings.yaml --dry-run=server',
      prints: ['configmap/settings serverside-applied (server dry run)'],
    },
    { run: 'apply --server-side -f settings.yaml', prints: APPLIED },
    { run: 'apply --server-side -f settings.yaml', prints: APPLIED },
    {
      since: 21,
      run: `get configmap settings --show-managed-fields -o 'jsonpath=${OWNERS}'`,
      prints: 'kubectl Apply {"f:data":{"f:colour":{},"f:shape":{}}};',
    },
    { run: 'get configmap settings -o yaml', since: 21, prints: /^(?![^]*managedFields)/ },
    {
      run: 'apply --server-side --field-manager other -f blue.yaml',
      fails: /^error: Apply failed with 1 conflict: conflict with "kubectl": \.data\.colour\n/,
    },
    { run: 'apply --server-side --field-manager other --force-conflicts -f blue.yaml', prints: APPLIED },
    { run: SHOW_DATA, prints: '{"colour":"blue","shape":"round"}' },
    {
      run: 'diff --server-side --field-manager other -f settings.yaml',
      exitCode: 1,
      prints: /\n- {2}colour: blue\n\+ {2}colour: red\n/,
    },
    // kubectl gives up `shape`, which `other` still applies.
    { run: 'apply --server-side --force-conflicts -f shapeless.yaml', prints: APPLIED },
    { run: SHOW_DATA, prints: '{"colour":"red","shape":"round"}' },
    { run: 'apply --server-side --field-manager other -f shapeless.yaml', prints: APPLIED },
    { run: SHOW_DATA, prints: '{"colour":"red"}' },
    {
      run: 'apply --server-side --validate=false -f unknown.yaml',
      fails: /typed patch object \(\S+\/settings; \/v1, Kind=ConfigMap\): \.foo: field not declared in schema/,
    },
  ],
}

const MIGRATING: Story = {
  title: 'from client-side to server-side apply',
  files: {
    'settings.yaml': SETTINGS,
    'blue.yaml': SETTINGS.replace('red', 'blue'),
    'shapeless.yaml': SETTINGS.replace('  shape: round\n', ''),
  },
  lines: [
    { run: 'apply -f settings.yaml', prints: ['configmap/settings created'] },
    {
      since: 21,
      run: `get configmap settings --show-managed-fields -o 'jsonpath=${OWNERS}'`,
      prints: /^kubectl-client-side-apply Update \{"f:data":\{"\.":\{\},"f:colour":\{\},"f:shape":\{\}\},"f:metadata"/,
    },
    { run: 'apply --server-side -f blue.yaml', prints: APPLIED },
    // What was applied from the client's side is the server's now, and can be given up.
    { run: 'apply --server-side -f shapeless.yaml', prints: APPLIED },
    // kubectl takes over its own fields since 1.26.
    { run: SHOW_DATA, since: 26, prints: '{"colour":"red"}' },
  ],
}

tell('server-side', [APPLYING, MIGRATING])

/** What kubectl does for itself: its kubeconfig, its preferences, completion and plugins. No server is asked. */
import type { Story } from '../../support/kubectl/kubectl-story.ts'
import { tell } from '../../support/kubectl/kubectl-story.ts'

/** Not the kubeconfig of the server, which the other lines need. */
const MINE = '--kubeconfig=mine'

/** Debian builds 1.20 with a Go that its JSON library crashes under, wherever it writes users. */
const WRITES_USERS = { since: 21 }

const CONFIG: Story = {
  title: 'config',
  files: { mine: 'apiVersion: v1\nkind: Config\n' },
  lines: [
    { run: `config set-cluster far --server=https://far.example.com ${MINE}`, prints: ['Cluster "far" set.'] },
    { run: `config set-credentials joe --token=t ${MINE}`, ...WRITES_USERS, prints: ['User "joe" set.'] },
    { run: `config set-context there --cluster=far --user=joe ${MINE}`, prints: ['Context "there" created.'] },
    { run: `config use-context there ${MINE}`, prints: ['Switched to context "there".'] },
    { run: `config current-context ${MINE}`, prints: ['there'] },
    { run: `config get-clusters ${MINE}`, prints: ['NAME', 'far'] },
    { run: `config get-users ${MINE}`, ...WRITES_USERS, prints: ['NAME', 'joe'] },
    { run: `config rename-context there here ${MINE}`, prints: ['Context "there" renamed to "here".'] },
    { run: `config get-contexts -o name ${MINE}`, prints: ['here'] },
    {
      run: `config set clusters.far.server https://near.example.com ${MINE}`,
      prints: ['Property "clusters.far.server" set.'],
    },
    { run: `config unset users.joe.token ${MINE}`, ...WRITES_USERS, prints: ['Property "users.joe.token" unset.'] },
    {
      ...WRITES_USERS,
      run: `config view -o jsonpath='{.clusters[0].cluster.server} {.users[0].user}' ${MINE}`,
      prints: 'https://near.example.com {}',
    },
    {
      run: `config delete-context here ${MINE}`,
      prints: ['deleted context here from mine'],
      warns: /^warning: this removed your active context/,
    },
    { run: `config delete-user joe ${MINE}`, ...WRITES_USERS, prints: ['deleted user joe from mine'] },
    { run: `config delete-cluster far ${MINE}`, prints: ['deleted cluster far from mine'] },
  ],
}

const PREFERENCES: Story = {
  title: 'preferences',
  files: { preferences: 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n' },
  lines: [
    {
      run: 'kuberc set --kuberc=preferences --section defaults --command get --option output=name',
      since: 36,
      prints: /^Updated preferences\n/,
    },
    {
      run: 'kuberc view --kuberc=preferences',
      since: 36,
      prints: /\n- command: get\n {2}options:\n {2}- default: name\n/,
    },
    { run: 'completion bash', prints: /\n__kubectl_debug\(\)\n/ },
    {
      run: 'plugin list',
      env: { PATH: '/nowhere' },
      fails: /\nerror: unable to find any kubectl plugins in your PATH\n$/,
    },
  ],
}

tell('settings', [CONFIG, PREFERENCES])

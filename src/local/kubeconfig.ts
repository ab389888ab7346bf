/**
 * The file that kubectl and client libraries read to find the server and show who they are: written anew, or merged
 * into one that has other clusters, which are left as they are.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { printYaml } from '../apimachinery/wire/print-yaml.ts'
import { readYaml } from '../apimachinery/wire/yaml.ts'
import { writeSecret } from './credentials/credentials.ts'
import { OperatorError, systemCode } from './operator-error.ts'

export interface KubeconfigEntry {
  /** Names the cluster, the user and the context. */
  readonly name: string
  readonly address: string
  /** PEM. */
  readonly authority: string
  readonly token: string
}

interface Named {
  readonly name: string
}

interface Kubeconfig {
  readonly clusters?: readonly Named[] | null
  readonly users?: readonly Named[] | null
  readonly contexts?: readonly Named[] | null
}

/** Where kubectl looks by itself. */
export function defaultKubeconfigPath(): string {
  const [first] = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean)
  return resolve(first ?? join(homedir(), '.kube/config'))
}

/** Writes a file of our own; refuses one that has anything else in it. */
export async function writeKubeconfig(path: string, entry: KubeconfigEntry): Promise<void> {
  const known = await readKubeconfig(path)
  const others = [...(known?.contexts ?? []), ...(known?.clusters ?? [])].filter(({ name }) => name !== entry.name)
  if (others.length > 0) {
    throw new OperatorError(
      `${path} has other clusters in it; add --merge to keep them, or choose another: --kubeconfig FILE`,
    )
  }
  await write(path, {}, entry)
}

/** Adds or replaces our entries, makes ours the current context, and keeps everything else. */
export async function mergeKubeconfig(path: string, entry: KubeconfigEntry): Promise<void> {
  await write(path, (await readKubeconfig(path)) ?? {}, entry)
}

async function readKubeconfig(path: string): Promise<Kubeconfig | undefined> {
  if (!existsSync(path)) return undefined
  const text = usable(path, () => readFileSync(path, 'utf8'))
  try {
    const value = readYaml(text) ?? {}
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch (error) {
    throw new OperatorError(`${path} is not YAML; mend it, or choose another: --kubeconfig FILE`, { cause: error })
  }
  throw new OperatorError(`${path} is not a kubeconfig; choose another: --kubeconfig FILE`)
}

async function write(
  path: string,
  known: Kubeconfig,
  { name, address, authority, token }: KubeconfigEntry,
): Promise<void> {
  const merged = {
    ...known,
    apiVersion: 'v1',
    kind: 'Config',
    clusters: withOurs(known.clusters, {
      name,
      cluster: { server: address, 'certificate-authority-data': Buffer.from(authority).toString('base64') },
    }),
    users: withOurs(known.users, { name, user: { token } }),
    contexts: withOurs(known.contexts, { name, context: { cluster: name, user: name } }),
    'current-context': name,
  }
  const text = printYaml(merged)
  usable(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeSecret(path, text)
  })
}

/** What the file system refuses is for the person at the keyboard to put right. */
function usable<Result>(path: string, use: () => Result): Result {
  try {
    return use()
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    throw new OperatorError(`cannot use the kubeconfig ${path} (${code}); choose another: --kubeconfig FILE`, {
      cause: error,
    })
  }
}

function withOurs<Entry extends Named>(known: readonly Named[] | null | undefined, ours: Entry): Named[] {
  return [...(known ?? []).filter(({ name }) => name !== ours.name), ours]
}

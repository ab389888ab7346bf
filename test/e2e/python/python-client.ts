/**
 * A Python that has the Kubernetes client library: one with Debian's package installed, or beside it the packages that
 * .ci/run unpacks. Runs scripts with it.
 */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Where .ci/run unpacks python3-kubernetes and what it needs. */
const UNPACKED = join(import.meta.dirname, '../../.cache/python-client/usr/lib/python3/dist-packages')
const PYTHONS = ['/usr/bin/python3', 'python3']

/** The longest story waits a minute for a rollout. */
const LIMIT_MS = 120_000

const runFile = promisify(execFile)

/** Runs a script and returns what it printed; rejects with its traceback when it fails. */
export type RunPython = (args: readonly string[]) => Promise<string>

/** Undefined where there is none. */
export async function pythonClient(): Promise<RunPython | undefined> {
  for (const python of PYTHONS) {
    const run: RunPython = async (args) => {
      const env = { ...process.env, PYTHONPATH: UNPACKED, PYTHONDONTWRITEBYTECODE: '1' }
      return (await runFile(python, [...args], { env, timeout: LIMIT_MS })).stdout
    }
    const hasClient = await run(['-c', 'import kubernetes, yaml']).then(
      () => true,
      () => false,
    )
    if (hasClient) return run
  }
  return undefined
}

/**
 * `workernetes reset`: deletes the cluster of a data folder for good. Asks first; the credentials stay unless
 * everything is to go, so that kubeconfigs which were handed out go on working.
 */
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { clearDataFolder, dataFolderAt, runningIn } from '../local/data-folder.ts'
import { OperatorError } from '../local/operator-error.ts'
import { print } from './terminal.ts'

export interface ResetOptions {
  readonly data: string
  /** Also certificates, tokens and the kubeconfig. */
  readonly isWhole: boolean
  readonly isConfirmed: boolean
}

export async function reset({ data, isWhole, isConfirmed }: ResetOptions): Promise<number> {
  const folder = dataFolderAt(data)
  const running = runningIn(folder)
  if (running !== undefined) {
    throw new OperatorError(`${data} is in use by process ${String(running.pid)}; stop it first with "down"`)
  }
  if (!existsSync(`${folder.path}/version.json`)) {
    print(`there is no cluster in ${data}`)
    return 0
  }
  if (!isConfirmed && !(await confirm(`Delete the cluster in ${folder.path} for good? [y/N] `))) {
    print('nothing was deleted')
    return 1
  }
  clearDataFolder(folder, isWhole)
  print(`deleted the cluster in ${data}${isWhole ? ' and its credentials' : '; its credentials stay'}`)
  return 0
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new OperatorError('reset deletes the cluster for good; say so with --yes')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

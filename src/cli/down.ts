/** `workernetes down`: ends the server of a data folder, by asking and then by force; its state stays. */
import { dataFolderAt, readLock, runningIn } from '../local/data-folder.ts'
import { OperatorError, systemCode } from '../local/operator-error.ts'
import { isSameProcess, killLeftOvers, waitUntil } from '../local/pid-mark.ts'
import { print } from './terminal.ts'

/** An orderly end takes a second or two: workerd drains for one. */
const ASKED_LIMIT_MS = 10_000

export async function down(data: string): Promise<number> {
  const folder = dataFolderAt(data)
  const running = runningIn(folder)
  if (running === undefined) {
    const ended = await killLeftOvers(readLock(folder)?.children ?? [], folder.run)
    print(ended.length === 0 ? `nothing runs in ${data}` : `ended what a killed server had left behind in ${data}`)
    return 0
  }
  try {
    process.kill(running.pid, 'SIGTERM')
    if (!(await waitUntil(() => !isSameProcess(running), ASKED_LIMIT_MS))) process.kill(running.pid, 'SIGKILL')
  } catch (error) {
    if (systemCode(error) === 'EPERM') {
      throw new OperatorError(`process ${String(running.pid)} belongs to another user; ask them, or use their account`)
    }
    if (systemCode(error) !== 'ESRCH') throw error
  }
  await killLeftOvers(running.children, folder.run)
  print(`stopped ${running.address}; the state stays in ${data}`)
  return 0
}

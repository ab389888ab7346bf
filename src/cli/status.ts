/**
 * `workernetes status`: whether a server runs in a data folder, and whether its API answers. Leaves with 1 when not.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { controlPlaneClient } from '../local/control-plane-client.ts'
import type { DataFolder, Running } from '../local/data-folder.ts'
import { dataFolderAt, runningIn } from '../local/data-folder.ts'
import { columns, print, styled } from './terminal.ts'

/** A healthy server answers in milliseconds. */
const ANSWER_LIMIT_MS = 5_000

export async function status(data: string): Promise<number> {
  const folder = dataFolderAt(data)
  const running = runningIn(folder)
  if (running === undefined) {
    print(`nothing runs in ${data}; start it: npm start${data === '.workernetes' ? '' : ` -- --data ${data}`}`)
    return 1
  }
  const health = await ask(folder, running)
  print(
    `${health === 'ok' ? styled('green', '✔ up') : styled('yellow', '! running, not ready')} since ${running.startedAt}`,
  )
  print(
    columns([
      ['API', running.address],
      ['Ready', health],
      ['Services', `http://NAME.NAMESPACE.localhost:${String(running.httpPort)}/`],
      ['kubeconfig', running.kubeconfig],
      ['Server', `${running.server}, process ${String(running.pid)}`],
      ['Data', folder.path],
    ]),
  )
  return health === 'ok' ? 0 : 1
}

async function ask(folder: DataFolder, running: Running): Promise<string> {
  const { hostname, port } = new URL(running.address)
  const client = controlPlaneClient({
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: Number(port),
    authority: readFileSync(join(folder.credentials, 'ca.crt'), 'utf8'),
    headers: { authorization: `Bearer ${readFileSync(join(folder.credentials, 'admin-token'), 'utf8')}` },
  })
  try {
    const { httpCode, text } = await client.call('GET', '/readyz', undefined, ANSWER_LIMIT_MS)
    return httpCode === 200 ? 'ok' : `no: ${String(httpCode)} ${text}`
  } catch (error) {
    return `no: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    client.close()
  }
}

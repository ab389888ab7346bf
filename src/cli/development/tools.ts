/** Runs the programs of node_modules/.bin with the Node.js that this project pins, whatever the machine has. */
import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from '../../local/bundle.ts'

export interface Outcome {
  readonly code: number
  /** What it printed on either stream. */
  readonly text: string
}

export function tool(name: string): string {
  return join(ROOT, 'node_modules/.bin', name)
}

/** Our own Node.js first: the tools of node_modules/.bin find theirs on the PATH. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` }
}

/** Runs with our terminal; gives the exit code. Signals of the terminal reach it too, so we wait for its end. */
export function passThrough(command: string, args: readonly string[]): Promise<number> {
  const ignore = (): void => undefined
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env: environment(), stdio: 'inherit' })
    process.on('SIGINT', ignore)
    const end = (code: number | null): void => {
      process.off('SIGINT', ignore)
      resolve(code ?? 1)
    }
    child.once('error', reject)
    child.once('exit', end)
    process.once('SIGTERM', () => child.kill('SIGTERM'))
  })
}

/** Runs silently and keeps what it prints. */
export function capture(command: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code: code ?? 1, text: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

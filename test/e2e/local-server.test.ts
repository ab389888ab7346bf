/** `workernetes` as a person uses it: what it prints, and what it says when something is wrong. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readYaml } from '../../src/apimachinery/wire/yaml.ts'
import { dataFolderAt, readLock } from '../../src/local/data-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/bootstrap.mjs')
const FREE_PORTS = ['--port', '0', '--http-port', '0']

let data = ''

beforeEach(() => {
  data = join(temporaryFolder('cli'), 'data')
})

interface Ended {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

function launch(args: readonly string[]): { child: ChildProcess; ended: Promise<Ended>; up: Promise<string> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  const up = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (stdout.includes('Ctrl-C')) up.resolve(stdout)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (exitCode) => {
      up.reject(new Error(`it ended before it was up: ${stderr}`))
      resolve({ exitCode, stdout, stderr })
    })
  })
  // Who does not wait for it to be up must not be hurt by its end.
  up.promise.catch(() => undefined)
  return { child, ended, up: up.promise }
}

const run = (...args: string[]): Promise<Ended> => launch(args).ended

async function withServer<Result>(args: readonly string[], use: (printed: string) => Promise<Result>): Promise<Result> {
  const { child, ended, up } = launch(['up', ...FREE_PORTS, '--data', data, ...args])
  try {
    return await use(await up)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

/** One line that says what to do, no stack trace, and a code that scripts see. */
function expectRefusal({ exitCode, stderr }: Ended, pattern: RegExp): void {
  const errors = stderr.split('\n').filter((line) => line.startsWith('error '))
  expect(errors, stderr).toHaveLength(1)
  expect(errors[0]).toMatch(pattern)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(exitCode).toBe(1)
}

describe('up', () => {
  it('says what is up, where, and what to try next', async () => {
    await withServer([], async (printed) => {
      const { address = '', httpPort } = readLock(dataFolderAt(data)) ?? {}
      expect(printed).toContain('Workernetes is up')
      expect(printed).toContain(`API         ${address}`)
      expect(printed).toContain(`export KUBECONFIG=${data}/kubeconfig`)
      expect(printed).toContain('kubectl apply -f ')
      expect(printed).toContain(`curl http://hello.default.localhost:${String(httpPort)}/`)
      const status = await run('status', '--data', data)
      expect(status).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/✔ up since[^]*Ready +ok/) })
    })
  })

  it('merges into a kubeconfig of one’s own', async () => {
    const kubeconfig = join(data, '../config')
    writeFileSync(kubeconfig, 'contexts:\n- name: other\n  context: {cluster: other}\n')
    expectRefusal(
      await run('up', ...FREE_PORTS, '--data', data, '--kubeconfig', kubeconfig),
      /add --merge to keep them/,
    )
    await withServer(['--kubeconfig', kubeconfig, '--merge'], () => {
      expect(readYaml(readFileSync(kubeconfig, 'utf8'))).toMatchObject({
        contexts: [{ name: 'other' }, { name: 'workernetes' }],
        'current-context': 'workernetes',
      })
      return Promise.resolve()
    })
  })

  it('refuses a second server on the same data', async () => {
    await withServer([], async () => {
      expectRefusal(await run('up', ...FREE_PORTS, '--data', data), /is in use by process \d+ .*stop it with "down"/)
    })
  })

  it('refuses a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const address = other.address()
    const port = String(typeof address === 'object' && address !== null ? address.port : 0)
    expectRefusal(await run('up', '--port', port, '--data', data), /in use by another program.*--port PORT/)
    other.close()
  })

  it('refuses data of a newer version and a folder that is none', async () => {
    const file = join(data, '../file')
    writeFileSync(file, '')
    for (const path of [file, join(file, 'x'), '/proc/nothing/x']) {
      expectRefusal(await run('up', ...FREE_PORTS, '--data', path), /cannot use the data folder.*--data DIR/)
    }
    await withServer([], () => Promise.resolve())
    writeFileSync(join(data, 'version.json'), '{"format":99,"migrations":[]}')
    expectRefusal(await run('up', ...FREE_PORTS, '--data', data), /written by a newer version.*update workernetes/)
    writeFileSync(join(data, 'version.json'), '{"format":')
    expectRefusal(await run('up', ...FREE_PORTS, '--data', data), /version\.json is damaged; restore it, or begin anew/)
  })

  it('leaves nothing behind when it is told twice to stop', async () => {
    const { child, ended, up } = launch(['up', ...FREE_PORTS, '--data', data])
    await up
    const processes = readLock(dataFolderAt(data))?.children ?? []
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGINT'] as const) child.kill(signal)
    expect((await ended).exitCode).toBe(0)
    expect(processes).toHaveLength(2)
    for (const pid of processes) expect(() => process.kill(pid, 0), String(pid)).toThrow('ESRCH')
  })

  it('outlives whoever reads what it prints, and leaves nothing behind when it is stopped then', async () => {
    const { child, ended, up } = launch(['up', ...FREE_PORTS, '--data', data])
    await up
    const processes = readLock(dataFolderAt(data))?.children ?? []
    expect(processes).toHaveLength(2)
    child.stdout?.destroy()
    child.stderr?.destroy()
    child.kill('SIGTERM')
    expect((await ended).exitCode).toBe(0)
    for (const pid of processes) expect(() => process.kill(pid, 0), String(pid)).toThrow('ESRCH')
  })

  it('refuses a kubeconfig that is a folder, and stops what it had started', async () => {
    const ended = await run('up', ...FREE_PORTS, '--data', data, '--kubeconfig', join(data, '..'))
    expectRefusal(ended, /cannot use the kubeconfig .* \(EISDIR\); choose another: --kubeconfig FILE/)
    expect(ended.stderr).not.toContain('was not answered')
    expect((await run('status', '--data', data)).exitCode).toBe(1)
  })

  it.each([
    [['up', '--prot', '1'], /unknown option --prot/],
    [['up', '--port', 'x'], /--port: "x" must be a number/],
    [['up', '--port', '70000'], /--port: "70000" must be at most 65535/],
    [['up', '--port', '-1'], /--port: "-1" must be at least 0/],
    [['up', '--simulated-nodes', '1000000'], /--simulated-nodes: "1000000" must be at most 5000/],
    [['up', 'now'], /unexpected argument now/],
    [['up', '--log-level', 'loud'], /--log-level: "loud"/],
    [['up', '--server', 'docker'], /--server: "docker"/],
    [['upp'], /unknown command upp; there are up, down, status, reset/],
  ])('refuses %j', async (args, pattern) => {
    expectRefusal(await run(...args), pattern)
  })

  it('shows help with examples', async () => {
    const { exitCode, stdout } = await run('up', '--help')
    expect(stdout).not.toContain('\u001b')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('EXAMPLES')
  })
})

describe('down and reset', () => {
  it('stop the server from another terminal, and delete its cluster once it is stopped', async () => {
    const { ended, up } = launch(['up', ...FREE_PORTS, '--data', data])
    await up
    expectRefusal(await run('reset', '--yes', '--data', data), /stop it first with "down"/)
    expect((await run('down', '--data', data)).exitCode).toBe(0)
    expect((await ended).exitCode).toBe(0)
    expect((await run('status', '--data', data)).exitCode).toBe(1)
    expectRefusal(await run('reset', '--data', data), /say so with --yes/)
    expect((await run('reset', '--yes', '--data', data)).exitCode).toBe(0)
    expect(existsSync(join(data, 'objects'))).toBe(false)
    expect(existsSync(join(data, 'credentials/admin-token'))).toBe(true)
  })
})

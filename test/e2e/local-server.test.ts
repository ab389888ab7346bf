/**
 * `workernetes` as a person uses it: what it prints, what it says when something is wrong, and that what was acknowledged
 * is there after the worst (kill -9 in the middle of writes).
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { dataFolderAt, readLock } from '../../src/local/data-folder.ts'

const PROGRAM = join(import.meta.dirname, '../../src/cli/bootstrap.mjs')
const FREE_PORTS = ['--port', '0', '--http-port', '0']

const folders: string[] = []
let data = ''

beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'workernetes-cli-')), 'data')
  folders.push(join(data, '..'))
})

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
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
      expect(load(readFileSync(kubeconfig, 'utf8'))).toMatchObject({
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
    expectRefusal(await run('up', ...FREE_PORTS, '--data', join(file, 'x')), /cannot use the data folder.*--data DIR/)
    await withServer([], () => Promise.resolve())
    writeFileSync(join(data, 'version.json'), '{"format":99,"migrations":[]}')
    expectRefusal(await run('up', ...FREE_PORTS, '--data', data), /written by a newer version.*update workernetes/)
  })

  it.each([
    [['up', '--prot', '1'], /unknown option --prot/],
    [['up', '--port', 'x'], /--port: "x" must be a number/],
    [['up', '--port', '70000'], /--port: "70000" must be at most 65535/],
    [['up', '--log-level', 'loud'], /--log-level: "loud"/],
    [['up', '--server', 'docker'], /--server: "docker"/],
    [['upp'], /unknown command upp; there are up, down, status, reset/],
  ])('refuses %j', async (args, pattern) => {
    expectRefusal(await run(...args), pattern)
  })

  it('shows help with examples', async () => {
    const { exitCode, stdout } = await run('up', '--help')
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

/** An HTTPS client that knows the local authority and the admin's token, across restarts. */
class Api {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  send(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
    const folder = dataFolderAt(data)
    const token = readFileSync(join(folder.credentials, 'admin-token'), 'utf8')
    return new Promise((resolve, reject) => {
      const call = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.#port,
        ca: readFileSync(join(folder.credentials, 'ca.crt'), 'utf8'),
        servername: 'localhost',
        method,
        path,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      })
      call.once('error', reject)
      call.once('response', resolve)
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async json(method: string, path: string, body?: unknown): Promise<{ httpCode: number; object: ConfigMapLike }> {
    const response = await this.send(method, path, body)
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
    return { httpCode: response.statusCode ?? 0, object: JSON.parse(text) as ConfigMapLike }
  }

  close(): void {
    this.#agent.destroy()
  }
}

interface ConfigMapLike {
  readonly metadata: { readonly name: string; readonly resourceVersion: string }
  readonly items?: readonly ConfigMapLike[]
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'

/** Reads a watch to its end, which a kill makes abrupt: that is no failure, the next one resumes. */
async function follow(api: Api, from: string, seen: (type: string, object: ConfigMapLike) => void): Promise<void> {
  const response = await api.send('GET', `${CONFIG_MAPS}?watch=true&resourceVersion=${from}`)
  let rest = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.filter((text) => text !== '')) {
        const event = JSON.parse(line) as { type: string; object: ConfigMapLike }
        seen(event.type, event.object)
      }
    }
  } catch (error) {
    expect(String(error)).toMatch(/aborted|ECONNRESET|terminated/)
  }
}

const ROUNDS = 10
const WRITES = 1_000
const CONCURRENCY = 32

describe('kill -9 in the middle of writes', () => {
  it('loses nothing that was acknowledged, and watches resume without gap or repeat', async () => {
    const acknowledged = new Map<string, string>()
    const watched: string[] = []
    const watchedNames = new Map<string, string>()
    let position = ''
    let port = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, ended, up } = launch(['up', '--port', String(port), '--http-port', '0', '--data', data])
      await up
      const lock = readLock(dataFolderAt(data))
      if (lock === undefined) throw new Error('a running server has a lock')
      port = Number(new URL(lock.address).port)
      const api = new Api(port)
      if (position === '') position = (await api.json('GET', CONFIG_MAPS)).object.metadata.resourceVersion
      const watch = follow(api, position, (type, { metadata }) => {
        expect(type).toBe('ADDED')
        watched.push(metadata.resourceVersion)
        watchedNames.set(metadata.name, metadata.resourceVersion)
        position = metadata.resourceVersion
      })
      let next = 0
      let isKilled = false
      // Another moment in each round; everything of ours dies at once, as in a power cut.
      const killAfter = 40 + round * 35
      const writer = async (): Promise<void> => {
        while (next < WRITES && !isKilled) {
          const name = `r${String(round)}-${String(next++)}`
          const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { round: String(round) } }
          try {
            const { httpCode, object } = await api.json('POST', CONFIG_MAPS, body)
            if (httpCode === 201) acknowledged.set(name, object.metadata.resourceVersion)
          } catch {
            // Cut off: nobody said that it is there, nor that it is not.
            if (!isKilled) throw new Error('a write failed before the kill')
          }
          if (!isKilled && acknowledged.size > 0 && next === killAfter) {
            isKilled = true
            for (const pid of [lock.pid, ...lock.children]) process.kill(pid, 'SIGKILL')
          }
        }
      }
      await Promise.all(Array.from({ length: CONCURRENCY }, writer))
      expect(isKilled).toBe(true)
      child.kill('SIGKILL')
      await Promise.all([watch, ended])
      api.close()
    }
    await withServer([], async () => {
      const { address = '' } = readLock(dataFolderAt(data)) ?? {}
      const api = new Api(Number(new URL(address).port))
      const { object: list } = await api.json('GET', CONFIG_MAPS)
      const stored = new Map((list.items ?? []).map(({ metadata }) => [metadata.name, metadata.resourceVersion]))
      const lost = [...acknowledged].filter(([name, version]) => stored.get(name) !== version)
      expect(lost).toEqual([])
      const end = Promise.withResolvers<void>()
      const last = list.metadata.resourceVersion
      const watch = follow(api, position, (_type, { metadata }) => {
        watched.push(metadata.resourceVersion)
        watchedNames.set(metadata.name, metadata.resourceVersion)
        if (Number(metadata.resourceVersion) >= Number(last)) end.resolve()
      })
      // A last write: when it is seen, everything before it was.
      const marker = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'marker' } }
      expect((await api.json('POST', CONFIG_MAPS, marker)).httpCode).toBe(201)
      await end.promise
      expect(watched).toEqual([...new Set(watched)].sort((a, b) => Number(a) - Number(b)))
      const missed = [...stored].filter(([name, version]) => name.startsWith('r') && watchedNames.get(name) !== version)
      expect(missed).toEqual([])
      expect(acknowledged.size).toBeGreaterThan(ROUNDS * 20)
      api.close()
      await watch
    })
  })
})

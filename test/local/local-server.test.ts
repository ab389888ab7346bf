/**
 * The server itself, on Workers that only count (test/fixtures/local): what both engines promise, and what only workerd
 * can keep (a process for pods, kills).
 */
import { createServer, request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { EngineName } from '../../src/local/engine.ts'
import type { LocalServer, LocalServerOptions } from '../../src/local/local-server.ts'
import { startLocalServer } from '../../src/local/local-server.ts'
import { readLock } from '../../src/local/data-folder.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const ENTRIES = { controlPlane: 'test/fixtures/local/control-plane.ts', pods: 'test/fixtures/local/pods.ts' }

const started: LocalServer[] = []
const lines: string[] = []

afterEach(async () => {
  for (let server = started.pop(); server !== undefined; server = started.pop()) await server.stop()
  lines.length = 0
})

const newFolder = (): string => temporaryFolder('server')

async function start(options: Partial<LocalServerOptions> = {}): Promise<LocalServer> {
  const server = await startLocalServer({
    dataFolder: newFolder(),
    server: 'workerd',
    host: '127.0.0.1',
    port: 0,
    httpPort: 0,
    kubeconfig: '/nowhere',
    simulatedNodes: 1,
    logLevel: 'info',
    onLog: (_level, text) => lines.push(text),
    onGivenUp: (reason) => lines.push(`given up: ${reason}`),
    entries: ENTRIES,
    ...options,
  })
  started.push(server)
  return server
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  await expect.poll(isTrue, { timeout: 15_000, interval: 50 }).toBe(true)
}

function overHttp(port: number, path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    call.on('error', reject)
    call.end()
  })
}

describe.each<EngineName>(['workerd', 'miniflare'])('the local server on %s', (server) => {
  it('keeps what was written across a restart, with the same credentials', async () => {
    const dataFolder = newFolder()
    const first = await start({ server, dataFolder })
    expect(await first.client.call('POST', '/count')).toEqual({ httpCode: 200, text: '1' })
    await first.stop()
    const second = await start({ server, dataFolder })
    expect(await second.client.call('GET', '/count')).toEqual({ httpCode: 200, text: '1' })
    expect(second.credentials).toEqual(first.credentials)
  })

  it('says by which door a request came in, whatever the client claims', async () => {
    const { client, httpPort } = await start({ server })
    expect((await client.call('GET', '/socket')).text).toBe('api')
    expect(await overHttp(httpPort, '/socket', { 'x-workernetes-socket': 'api' })).toBe('services')
  })

  it('connects the control plane and the pods both ways, and loads code of pods', async () => {
    const { client } = await start({ server })
    expect((await client.call('GET', '/pods/back')).text).toBe('api')
    expect((await client.call('GET', '/pods/load')).text).toBe('loaded')
  })

  it('does what was due while it was down, at once', async () => {
    const { client } = await start({ server })
    await until(async () => (await client.call('GET', '/seen/internal/scheduled')).text === '1')
  })
})

describe('the local server', () => {
  it('refuses a second one on the same data', async () => {
    const dataFolder = newFolder()
    await start({ dataFolder })
    await expect(start({ dataFolder })).rejects.toThrow(/is in use by process \d+ \(https:.*stop it with "down"/)
  })

  it('says which port is taken and by which option to change it, and leaves no lock', async () => {
    const dataFolder = newFolder()
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    try {
      await expect(start({ dataFolder, port })).rejects.toThrow(/in use by another program.*--port PORT/)
      await expect(start({ dataFolder, httpPort: port })).rejects.toThrow(/in use by another program.*--http-port PORT/)
      expect(readLock((await start({ dataFolder })).folder)?.pid).toBe(process.pid)
    } finally {
      other.close()
    }
  })

  it('ends a pods’ process that spins within 5 s, tells the control plane, and starts it again', async () => {
    const { client } = await start()
    const startedAtMs = performance.now()
    const spin = client.call('GET', '/pods/spin').catch((error: unknown) => String(error))
    // The API goes on meanwhile.
    expect((await client.call('GET', '/count')).httpCode).toBe(200)
    await spin
    expect(performance.now() - startedAtMs).toBeLessThan(5_500)
    await until(async () => (await client.call('GET', '/seen/internal/pod-process-restarted')).text === '1')
    expect((await client.call('GET', '/pods/load')).text).toBe('loaded')
  })

  it('starts a control plane that was killed again, with everything that was acknowledged', async () => {
    const { client, folder } = await start()
    const written = await Promise.all(Array.from({ length: 50 }, () => client.call('POST', '/count')))
    expect(written.filter(({ httpCode }) => httpCode === 200)).toHaveLength(50)
    const [controlPlane = 0] = readLock(folder)?.children ?? []
    process.kill(controlPlane, 'SIGKILL')
    await until(() =>
      client.call('GET', '/count').then(
        ({ text }) => text === '50',
        () => false,
      ),
    )
    expect(lines.join('\n')).toContain('control plane: it was ended by SIGKILL')
  })

  it('stops within two seconds though a request never ends', async () => {
    const server = await start()
    const spin = server.client.call('GET', '/pods/spin').catch(() => 'cut')
    await server.client.call('GET', '/count')
    const startedAtMs = performance.now()
    await server.stop()
    expect(performance.now() - startedAtMs).toBeLessThan(2_500)
    expect(await spin).toBe('cut')
  })
})

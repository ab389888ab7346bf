import { expect, it } from 'vitest'
import { workerdConfigText } from '../../../src/local/workerd/config.ts'

const CONFIG = {
  storageFolder: '/data/a "b"',
  youngHeapMiB: 4,
  sockets: [
    { name: 'api', address: '127.0.0.1:1', injectHeaders: { a: 'b' }, tls: { keyPath: 'k', certificatePath: 'c' } },
  ],
  externals: [{ name: 'other', address: '127.0.0.1:2' }],
  disks: [{ name: 'files', path: '/files' }],
  worker: {
    modules: [{ name: 'main.js', path: '../main.js' }],
    compatibilityDate: '2026-11-17',
    objects: [{ binding: 'THINGS', className: 'Thing' }],
    services: [{ binding: 'OTHER', service: 'other' }],
    texts: { LINES: 'one\ntwo\\\u0001' },
    environment: ['SECRET'],
  },
}

it('names secrets and never writes them', () => {
  expect(workerdConfigText(CONFIG)).toContain('(name = "SECRET", fromEnvironment = "SECRET")')
})

it('escapes what texts and paths contain', () => {
  const text = workerdConfigText(CONFIG)
  expect(text).toContain('disk = (path = "/data/a \\"b\\"", writable = true)')
  expect(text).toContain('(name = "LINES", text = "one\\ntwo\\\\\\x01")')
})

it('keeps the key of stored objects: changing it would lose every cluster', () => {
  expect(workerdConfigText(CONFIG)).toContain(
    '(className = "Thing", uniqueKey = "workernetes-Thing", enableSql = true)',
  )
})

it('binds the loader only where it is asked for', () => {
  expect(workerdConfigText(CONFIG)).not.toContain('workerLoader')
  expect(workerdConfigText({ ...CONFIG, worker: { ...CONFIG.worker, loader: 'LOADER' } })).toContain(
    '(name = "LOADER", workerLoader = ())',
  )
})

it('leaves to the engine what is not said of its heaps', () => {
  expect(workerdConfigText(CONFIG)).toContain('v8Flags = ["--max-semi-space-size=4"]')
  expect(workerdConfigText({ ...CONFIG, firstOldHeapMiB: 12, isolateHeapMiB: 256 })).toContain(
    'v8Flags = ["--max-semi-space-size=4", "--initial-old-space-size=12", "--max-old-space-size=256"]',
  )
})

it('refuses modules that are not JavaScript', () => {
  const modules = [{ name: 'main.wasm', path: 'main.wasm' }]
  expect(() => workerdConfigText({ ...CONFIG, worker: { ...CONFIG.worker, modules } })).toThrow(
    /JavaScript modules only/,
  )
})

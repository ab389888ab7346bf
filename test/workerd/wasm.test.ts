/** WebAssembly in pods: as a module that JavaScript imports, and as the entry itself, which is a WASI command. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { PodWorld } from './pod-world.ts'

// Real processes, real time: waits are limited by PodWorld, well below this.
vi.setConfig({ testTimeout: 60_000 })

/** (module (func (export "fib") (param i32) (result i64) …)): the nth Fibonacci number. */
const FIB =
  'AGFzbQEAAAABBgFgAX8BfgMCAQAHBwEDZmliAAAKLwEtAQN+QgEhAgJAA0AgAEUNASABIAJ8IQMgAiEBIAMhAiAAQQFrIQAMAAsLIAEL'

/**
 * (func (export "_start")): args_sizes_get(0, 4), args_get(64, 128), fd_write(2, …) of all arguments as they lie in
 * memory, each ended by NUL and without a newline, and proc_exit(number of arguments).
 */
const ARGS =
  'AGFzbQEAAAABFgRgAn9/AX9gBH9/f38Bf2ABfwBgAAACkAEEFndhc2lfc25hcHNob3RfcHJldmlldzEOYXJnc19zaXplc19nZXQAABZ3YXNp' +
  'X3NuYXBzaG90X3ByZXZpZXcxCGFyZ3NfZ2V0AAAWd2FzaV9zbmFwc2hvdF9wcmV2aWV3MQhmZF93cml0ZQABFndhc2lfc25hcHNob3RfcHJl' +
  'dmlldzEJcHJvY19leGl0AAIDAgEDBQMBAAEHEwIGbWVtb3J5AgAGX3N0YXJ0AAQKOAE2AEEAQQQQABpBwABBgAEQARpBCEGAATYCAEEMQQQo' +
  'AgA2AgBBAkEIQQFBEBACGkEAKAIAEAML'

/** (func (export "_start") unreachable) */
const TRAP = 'AGFzbQEAAAABBAFgAAADAgEABwoBBl9zdGFydAAACgUBAwAACw=='

let world: PodWorld

beforeAll(async () => {
  world = await PodWorld.start()
}, 30_000)

afterAll(() => world.stop())

describe('WebAssembly in a pod', () => {
  it('is a module that JavaScript imports', async () => {
    const index = `
      import module from './fib.wasm'
      const { fib } = new WebAssembly.Instance(module).exports
      export default { fetch: (request) => new Response(String(fib(Number(new URL(request.url).pathname.slice(1))))) }`
    await world.create('fib', { 'index.js': index, 'fib.wasm': FIB })
    await world.until('fib', 'Running running 0 ready')
    expect(await (await world.request('fib', '/90')).text()).toBe('2880067194370816120')
  })

  it('is a command with arguments, a log and an exit code', async () => {
    const container = { command: ['/app/args.wasm', 'one'], args: ['two'] }
    await world.create('args', { 'args.wasm': ARGS }, { restartPolicy: 'Never' }, container)
    await world.until('args', 'Failed Error 0')
    const { status } = await world.pod('args')
    expect(status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(3)
    expect(await world.logs('args')).toBe('/app/args.wasm\0one\0two\0\n')
  })

  it('ends with 1 and says why in its log when it traps', async () => {
    await world.create('trap', { 'trap.wasm': TRAP }, { restartPolicy: 'Never' }, { command: ['/app/trap.wasm'] })
    await world.until('trap', 'Failed Error 0')
    expect(await world.logs('trap')).toContain('RuntimeError: unreachable')
  })

  it('says what is missing when the entry is neither a command nor WebAssembly at all', async () => {
    await world.create('library', { 'fib.wasm': FIB }, {}, { command: ['/app/fib.wasm'] })
    await world.until('library', 'Running CrashLoopBackOff 1')
    expect(await world.logs('library')).toContain('neither fetch(request, env, ctx) nor run(env, ctx)')
    await world.create('broken', { 'broken.wasm': btoa('not Wasm') }, {}, { command: ['/app/broken.wasm'] })
    await world.until('broken', 'Running CrashLoopBackOff 1')
    expect(await world.logs('broken')).toMatch(/Wasm|WebAssembly|CompileError/)
  })
})

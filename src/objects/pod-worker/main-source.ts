/**
 * The module that stands in front of the user's own in an isolate: it imports the entry when asked to, so that errors
 * of parsing and loading are answers; gives the program its environment and nothing else; and sends what the console
 * prints line by line as it is printed, each invocation in order.
 *
 * The text is the isolate's program, not ours: it knows nothing but its two bindings (LOG_BINDING, and the
 * environment). streamingTails would show lines as they are printed too, but workerd 1.20261117 stops delivering
 * after the first intercepted outbound request, and shows nothing that is printed while modules load (tried
 * 2026-11-24). Ordinary tails are kept as the backstop, for what the console never sees.
 */
import { LOG_BINDING, TRACE_BINDING, TRACE_PREFIX } from '../../kubelet/runtimes/isolates/entry-source.ts'
import type { Program } from '../../kubelet/runtimes/isolates/program.ts'
import { WASI_MODULE } from './wasi-source.ts'

/** Lines and characters that wait to be sent; what is printed beyond them is counted and dropped. */
const MAX_WAITING_LINES = 2_000
const MAX_WAITING_CHARACTERS = 262_144

// oxlint-disable-next-line eslint/max-lines-per-function -- one program's text, which reads from top to bottom
export function mainSource({ entry, args }: Pick<Program, 'entry' | 'args'>): string {
  return `import { WorkerEntrypoint } from 'cloudflare:workers'
import { AsyncLocalStorage } from 'node:async_hooks'
import { format } from 'node:util'
const current = new AsyncLocalStorage()
const print = console.log.bind(console)
let waiting = [], characters = 0, dropped = 0
function keep(args) {
  const isFull = waiting.length >= ${String(MAX_WAITING_LINES)} || characters >= ${String(MAX_WAITING_CHARACTERS)}
  if (isFull) { dropped += 1; return }
  const text = format(...args)
  characters += text.length
  waiting.push([Date.now(), text])
  current.getStore()?.wake()
}
for (const level of ['debug', 'error', 'info', 'log', 'trace', 'warn']) console[level] = (...args) => keep(args)
class Sender {
  constructor(env, ctx) { this.log = env[${JSON.stringify(LOG_BINDING)}]; this.ctx = ctx; this.sending = undefined }
  wake() { if (this.sending === undefined) { this.sending = this.send(); this.ctx.waitUntil(this.sending) } }
  async send() {
    await undefined
    try {
      while (waiting.length > 0 || dropped > 0) {
        const lines = waiting, lost = dropped
        waiting = []; characters = 0; dropped = 0
        await this.log.write(lines, lost)
      }
    } finally { this.sending = undefined }
  }
  // What was printed is in the log before the answer that follows it.
  async flush() { await this.sending; await this.send() }
}
// A WebAssembly entry is a WASI command, which runs once.
async function command(module) {
  if (!WebAssembly.Module.exports(module).some(({ name }) => name === '_start')) return {}
  const { runCommand } = await import(${JSON.stringify(`./${WASI_MODULE}`)})
  const run = (env) => runCommand(module, ${JSON.stringify(args)}, env, console.log)
  return { run, hasExitCode: true }
}
let program
function load() {
  program ??= current.exit(() => import(${JSON.stringify(`./${entry}`)})).then(({ default: main = {} }) =>
    main instanceof WebAssembly.Module ? command(main) : main)
  return program
}
const RESERVED = [${JSON.stringify(LOG_BINDING)}, ${JSON.stringify(TRACE_BINDING)}]
const shown = (error) => error instanceof Error ? (error.stack ?? String(error)) : format(error)
export default class extends WorkerEntrypoint {
  #enter(work) {
    const trace = this.env[${JSON.stringify(TRACE_BINDING)}]
    if (trace !== undefined) print(${JSON.stringify(TRACE_PREFIX)} + trace)
    const sender = new Sender(this.env, this.ctx)
    if (waiting.length > 0) sender.wake()
    const env = Object.fromEntries(Object.entries(this.env).filter(([name]) => !RESERVED.includes(name)))
    return current.run(sender, () => work(env))
  }
  async start() {
    return this.#enter(async () => {
      try {
        const found = await load()
        return { hasFetch: typeof found.fetch === 'function', hasRun: typeof found.run === 'function' }
      } catch (error) { return { error: shown(error) } } finally { await current.getStore().flush() }
    })
  }
  fetch(request) {
    return this.#enter(async (env) => {
      const found = await load()
      try { return await found.fetch(request, env, this.ctx) } catch (error) { console.error(error); throw error }
    })
  }
  async run() {
    return this.#enter(async (env) => {
      const found = await load()
      try {
        const code = await found.run(env, this.ctx)
        return found.hasExitCode === true ? { exitCode: code & 255 } : {}
      } catch (error) { return { error: shown(error) } } finally { await current.getStore().flush() }
    })
  }
}
`
}

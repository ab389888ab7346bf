/** Programs as the Worker Loader takes them, and the isolates it makes of them. */
import type { WorkerEntrypoint } from 'cloudflare:workers'
import { LOG_BINDING, MAIN_MODULE, TRACE_BINDING } from '../../kubelet/runtimes/isolates/entry-source.ts'
import type { Isolate, IsolateLoader, RunAnswer, StartAnswer } from '../../kubelet/runtimes/isolates/isolate-loader.ts'
import type { Program } from '../../kubelet/runtimes/isolates/program.ts'
import { moduleType } from '../../kubelet/runtimes/isolates/program.ts'
import { mainSource } from './main-source.ts'
import { WASI_MODULE, WASI_SOURCE } from './wasi-source.ts'
import type { PodProps } from './pod-entrypoints.ts'

/** The API that pods' code is written against; what the newest workerd in package.json knows. */
const COMPATIBILITY_DATE = '2026-11-17'

/** What the platform may make for a pod's isolate: `ctx.exports` of the pods' Worker. */
export interface PodExports {
  PodLogSink(options: { props: PodProps }): Fetcher
  PodOutbound(options: { props: PodProps }): Fetcher
  PodTail(options: { props: PodProps }): Fetcher
}

/** The methods of the module that stands in front of the user's (main-source.ts). */
interface MainEntrypoint extends WorkerEntrypoint {
  start(): Promise<StartAnswer>
  run(): Promise<RunAnswer>
}

export interface LoaderOptions {
  readonly loader: WorkerLoader
  readonly exports: PodExports
  /** The name of the pod's object. */
  readonly pod: string
  /** The pod's uid, where entries are traced. */
  readonly trace?: string
}

export function workerLoader({ loader, exports, pod, trace }: LoaderOptions): IsolateLoader {
  return {
    load({ id, container, attempt, program }): Isolate {
      const props = { pod, container, attempt }
      // Asked anew for each call: a stub of an isolate that the platform let go of does not come back.
      const entrypoint = () =>
        loader.get(id, () => workerCode(program(), props, exports, trace)).getEntrypoint<MainEntrypoint>()
      return {
        start: async () => entrypoint().start(),
        run: async () => entrypoint().run(),
        fetch: (request) => entrypoint().fetch(request),
      }
    },
  }
}

function workerCode(
  program: Program,
  props: PodProps,
  exports: PodExports,
  trace: string | undefined,
): WorkerLoaderWorkerCode {
  const modules: Record<string, WorkerLoaderModule | string> = { [MAIN_MODULE]: { js: mainSource(program) } }
  if (program.entry.endsWith('.wasm')) modules[WASI_MODULE] = { js: WASI_SOURCE }
  for (const [path, body] of program.modules) {
    const type = moduleType(path, body)
    modules[path] =
      type === 'json' ? jsonModule(String(body)) : { [type]: typeof body === 'string' ? body : body.buffer }
  }
  return {
    compatibilityDate: COMPATIBILITY_DATE,
    mainModule: MAIN_MODULE,
    modules,
    env: {
      ...program.env,
      [LOG_BINDING]: exports.PodLogSink({ props }),
      ...(trace === undefined ? {} : { [TRACE_BINDING]: trace }),
    },
    globalOutbound: exports.PodOutbound({ props }),
    tails: [exports.PodTail({ props })],
  }
}

/** A file that is no JSON after all is text: only importing it would be an error, and reading it must not be one. */
function jsonModule(text: string): WorkerLoaderModule {
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    return { text }
  }
}

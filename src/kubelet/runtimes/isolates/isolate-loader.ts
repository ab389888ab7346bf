/**
 * The port to whatever makes isolates: the Worker Loader in production, in tests anything that runs modules. Nothing is
 * known here of Durable Objects or bindings.
 */
import type { Program } from './program.ts'

export interface LoadRequest {
  /** The same id is the same isolate as long as the platform keeps it; a new attempt is a new id. */
  readonly id: string
  readonly container: string
  readonly attempt: number
  /** Read only when the isolate has to be made. */
  program(): Program
}

export interface StartAnswer {
  readonly hasFetch?: boolean
  readonly hasRun?: boolean
  /** The module does not parse, or threw while it loaded: the error with its stack. */
  readonly error?: string
}

export interface RunAnswer {
  /** Of a program that says one; left out: 0. */
  readonly exitCode?: number
  /** What `run` threw, with its stack. */
  readonly error?: string
}

export interface Isolate {
  start(): Promise<StartAnswer>
  run(): Promise<RunAnswer>
  /** Streams and WebSockets pass through. */
  fetch(request: Request): Promise<Response>
}

export interface IsolateLoader {
  /** Cheap; makes the isolate with the first call on it. */
  load(request: LoadRequest): Isolate
}

/** How a former process ended, as whoever watches processes knows it. */
export interface ProcessEnd {
  /**
   * Unresponsive: it was killed because one isolate did not yield; OutOfMemory: the engine gave up; Crashed:
   * otherwise.
   */
  readonly reason: 'Unresponsive' | 'OutOfMemory' | 'Crashed' | 'Stopped'
  /** uids of the pods whose code may have done it; left out: not known, so every pod whose code was being run. */
  readonly suspects?: readonly string[]
}

/**
 * What one attempt of a container runs: its files as modules by path, the entry among them, and its environment. It
 * is kept whole, because an isolate that is made anew in the same attempt must run the same code, whatever became of
 * the ConfigMap.
 */
import type { V1Container } from '../../../apis/generated/types.ts'
import type { Started } from '../../runtime.ts'
import { RuntimeError } from '../../runtime.ts'
import type { FileBody } from './configuration.ts'

/** The image that stands for the isolates' runtime itself. */
export const WORKER_IMAGE = 'workernetes.dev/worker'

export interface Program {
  /** The entry's module name: its path without the leading slash. */
  readonly entry: string
  /** The whole command line, for a WebAssembly command. */
  readonly args: readonly string[]
  readonly modules: ReadonlyMap<string, FileBody>
  readonly env: Readonly<Record<string, string>>
}

/** How the platform takes a module, by its name. */
export type ModuleType = 'js' | 'cjs' | 'json' | 'wasm' | 'text' | 'data'

const TYPES: Readonly<Record<string, ModuleType>> = { js: 'js', mjs: 'js', cjs: 'cjs', json: 'json', wasm: 'wasm' }

export function moduleType(path: string, body: FileBody): ModuleType {
  const type = TYPES[/\.([a-z]+)$/.exec(path)?.[1] ?? ''] ?? 'text'
  if (typeof body === 'string') return type === 'wasm' ? 'text' : type
  return type === 'wasm' ? 'wasm' : 'data'
}

export function programOf(
  container: V1Container,
  files: ReadonlyMap<string, FileBody>,
  env: Readonly<Record<string, string>>,
): Program {
  const image = container.image ?? ''
  if (image.split(/[:@]/)[0] !== WORKER_IMAGE) {
    const instead = `use image ${WORKER_IMAGE} with a module in a ConfigMap volume`
    const what = `image ${JSON.stringify(image)} cannot run in an isolate: ${instead}`
    throw new RuntimeError('ErrImagePull', what)
  }
  const args = [...(container.command ?? []), ...(container.args ?? [])]
  const [command = ''] = args
  const path = command.startsWith('/') ? command : `${container.workingDir ?? ''}/${command}`
  const entry = path.replace(/^\/+/, '')
  const known = [...files.keys()].map((name) => `/${name}`).join(', ')
  if (!files.has(entry)) {
    const why = command === '' ? 'no command names a module' : `${path}: no such module`
    throw new RuntimeError('RunContainerError', `${why}; the volumes hold ${known === '' ? 'nothing' : known}`)
  }
  return { entry, args, modules: files, env }
}

export const ISOLATE_IMAGE_ID = 'workerd://workernetes.dev/worker'

export function startedOf(uid: string, container: string, attempt: number): Started {
  return { containerID: `workerd://${uid}/${container}/${String(attempt)}`, imageID: ISOLATE_IMAGE_ID }
}

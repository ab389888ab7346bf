/**
 * Texts of parameters: the package tells of each call what may be asked for. Of types of options one call each is read,
 * which has all of its fields; what every request may have is told with the first.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commentText } from './models.ts'

/** Its texts have no lines upstream, either: the two spaces are in its document. */
const LOG_CALL = 'ReadNamespacedPodLog'

/** Type of options → a call of core/v1 that has it. */
const CALLS: Readonly<Record<string, string>> = {
  ListOptions: 'ListNamespacedPod',
  CreateOptions: 'CreateNamespacedPod',
  PatchOptions: 'PatchNamespacedPod',
  DeleteOptions: 'DeleteNamespacedPod',
  PodExecOptions: 'ConnectGetNamespacedPodExec',
  PodAttachOptions: 'ConnectGetNamespacedPodAttach',
  PodPortForwardOptions: 'ConnectGetNamespacedPodPortforward',
  PodProxyOptions: 'ConnectGetNamespacedPodProxy',
  ServiceProxyOptions: 'ConnectGetNamespacedServiceProxy',
  NodeProxyOptions: 'ConnectGetNodeProxy',
  PodLogOptions: LOG_CALL,
}

/** What every address or request has. */
const OF_REQUESTS: Readonly<Record<string, string>> = {
  pretty: 'ListNamespacedPod', namespace: 'ListNamespacedPod', path: 'ConnectGetNamespacedPodProxyWithPath',
}

const MEMBER = /^ {4}\/\*\*\n((?: {5}\*(?!\/)[^\n]*\n)*) {5}\*\/\n {4}'?(\w+)'?\??: /gm

/** Type of options, or `Request` → parameter → text. */
export function readParameters(): Record<string, Record<string, string>> {
  const package_ = dirname(fileURLToPath(import.meta.resolve('@kubernetes/client-node')))
  const source = readFileSync(join(package_, 'gen/types/ObjectParamAPI.d.ts'), 'utf8')
  const table = Object.entries(CALLS).map(([type, call]) => {
    const texts = textsOf(source, call)
    const own = Object.entries(texts).filter(([name]) => name !== 'body' && OF_REQUESTS[name] === undefined)
    // A proxy's options have a path, too.
    return [type, Object.fromEntries(type.endsWith('ProxyOptions') ? [['path', texts['path'] ?? '']] : own)] as const
  })
  const ofRequests = Object.entries(OF_REQUESTS).map(([name, call]) =>
    [name, textsOf(source, call)[name] ?? ''] as const)
  return { ...Object.fromEntries(table), Request: Object.fromEntries(ofRequests) }
}

function textsOf(source: string, call: string): Record<string, string> {
  const start = source.indexOf(`export interface CoreV1Api${call}Request {`)
  const members = source.slice(start, source.indexOf('\n}\n', start)).matchAll(MEMBER)
  const texts = [...members].map(([, comment = '', name = '']) => [
    // The package puts an underscore before what is a word of JavaScript.
    name.replace(/^_/, ''),
    linesOf(call, commentText(comment).split('\nDefaults to: undefined')[0] ?? ''),
  ] as const)
  return Object.fromEntries(texts)
}

function linesOf(call: string, text: string): string {
  return call === LOG_CALL ? text : inLines(text)
}

/** What was indented, by the number of spaces. */
const INDENTED: Readonly<Record<number, string>> = { 3: '\n  ', 4: '\n\n  ', 5: '\n    ' }

/** The package has a space for the end of every line: two where a paragraph ended, more before what is indented. */
function inLines(text: string): string {
  return text
    .replaceAll(/ {3,5}(?=\S)/g, (blanks) => INDENTED[blanks.length] ?? blanks)
    .replaceAll(/(?<=[.)]) {2}(?=[A-Z])|(?<= - [\w.]+) {2}(?=\w)/g, '\n\n')
    .replaceAll(/(?<=\.) (?=- `)/g, '\n')
}

/**
 * `workernetes up`: starts the local server in the foreground, says what is up, where, and what to try next, and ends
 * it with Ctrl-C or TERM.
 */
import { existsSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { dataFolderAt } from '../local/data-folder.ts'
import { mergeKubeconfig, writeKubeconfig } from '../local/kubeconfig.ts'
import type { LocalServer } from '../local/local-server.ts'
import { startLocalServer } from '../local/local-server.ts'
import { ROOT } from '../local/bundle.ts'
import { auditOptionsOf } from './audit-options.ts'
import type { UpOptions } from './options.ts'
import { kubeconfigPath } from './options.ts'
import { columns, complain, logPrinter, print, styled } from './terminal.ts'

/** Names the cluster, user and context in kubeconfigs. */
const CONTEXT = 'workernetes'

/** Resolves with the exit code when the server was stopped. */
export async function up(options: UpOptions): Promise<number> {
  const kubeconfig = resolve(kubeconfigPath(options, dataFolderAt(options.data).kubeconfig))
  const log = logPrinter(options['log-level'])
  const ended = Promise.withResolvers<number>()
  // From here on: a signal during the start must not leave processes behind, nor a second one while it stops.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.resolve(0))
  log('info', `starting in ${options.data}`)
  const server = await startLocalServer({
    dataFolder: options.data,
    server: options.server,
    host: options.host,
    port: options.port,
    httpPort: options['http-port'],
    kubeconfig,
    simulatedNodes: options['simulated-nodes'],
    logLevel: options['log-level'],
    audit: auditOptionsOf(options),
    onLog: log,
    onGivenUp(reason) {
      complain(`${reason}; the state is kept, and --log-level debug tells more`)
      ended.resolve(1)
    },
  })
  try {
    const entry = {
      name: CONTEXT,
      address: server.address,
      authority: server.credentials.authority.certificate,
      token: server.credentials.adminToken,
    }
    await (options.merge ? mergeKubeconfig(kubeconfig, entry) : writeKubeconfig(kubeconfig, entry))
    announce(server, options, kubeconfig)
    return await ended.promise
  } finally {
    log('info', 'stopping')
    await server.stop()
  }
}

function announce(server: LocalServer, options: UpOptions, kubeconfig: string): void {
  const startText = `${(server.startMs / 1000).toFixed(2)} s, ${options.server} ${String(Math.round(server.engineStartMs))} ms of it`
  const services = `http://NAME.NAMESPACE.localhost:${String(server.httpPort)}/`
  print(`${styled('green', '✔')} ${styled('bold', 'Workernetes is up')} ${styled('dim', `(${startText})`)}`)
  print('')
  print(
    columns([
      ['API', `${server.address}  (Kubernetes 1.36)`],
      ['Services', services],
      ['Page', `${server.address}/`],
      ['kubeconfig', shortPath(kubeconfig)],
      ['Data', `${shortPath(server.folder.path)}  (survives restarts; "reset" empties it)`],
    ]),
  )
  print(`\nTry next${options.merge ? '' : ', in another terminal'}:`)
  for (const line of nextCommands(server, options, kubeconfig)) print(`  ${styled('cyan', line)}`)
  print(`\n${styled('dim', 'Ctrl-C stops it.')}`)
}

function nextCommands(server: LocalServer, { merge }: UpOptions, kubeconfig: string): string[] {
  const example = 'examples/hello.yaml'
  const hello = existsSync(join(ROOT, example)) ? shortPath(join(ROOT, example)) : example
  return [
    ...(merge ? [] : [`export KUBECONFIG=${shellWord(resolve(kubeconfig))}`]),
    `kubectl apply -f ${hello}`,
    ...(merge ? ['kubectl get pods --watch'] : []),
    `curl http://hello.default.localhost:${String(server.httpPort)}/`,
  ]
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Relative where that is shorter to read. */
function shortPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') || isAbsolute(near) || near === '' ? path : near
}

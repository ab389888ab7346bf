/**
 * Another API server on this machine, such as kube-apiserver with etcd, measured in turns with ours by the same client:
 * `--beside KUBECONFIG --beside-pids PID,PID`. Machines change by the minute, so only a ratio of one run compares two
 * servers; recorded figures (report/recorded.ts) are of another machine. It must take a bearer token, as ours does.
 */
import { KubeConfig } from '@kubernetes/client-node'
import type { Server } from './server.ts'

/** The current context of a kubeconfig, and the processes whose CPU counts. */
export function besideServer(kubeconfig: string, pids: readonly number[]): Server {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const cluster = config.getCurrentCluster()
  const token = config.getCurrentUser()?.token
  if (cluster?.caData === undefined || token === undefined) {
    throw new Error(`${kubeconfig}: its current context needs certificate-authority-data and a user with a token`)
  }
  return {
    address: cluster.server,
    authority: Buffer.from(cluster.caData, 'base64').toString(),
    token,
    pids,
    warmPath: '/api/v1/namespaces/default',
    stop: () => Promise.resolve(),
  }
}

/** `12,34` as numbers of processes. */
export function parsePids(text: string): number[] {
  const pids = text.split(',').map(Number)
  if (pids.some((pid) => !Number.isInteger(pid) || pid <= 0)) throw new Error(`--beside-pids ${text}: want PID,PID`)
  return pids
}

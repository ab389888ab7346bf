/**
 * Figures of other runs that ours are compared with. Upstream: kube-apiserver 1.20.2 with etcd 3.4.23, two cores,
 * client on the same cores, medians of three runs, ConfigMaps of 1 KiB. The floor: a bare Worker, one hop, one SQLite
 * row on that same machine (November 2026). Machines differ: how much faster today's floor is than the recorded one
 * says what a ratio to upstream owes to the machine.
 */
export interface Figure {
  readonly perSecond: number
  readonly p50Ms: number
  readonly cpuMs: number
}

const figure = (perSecond: number, p50Ms: number, cpuMs: number): Figure => ({ perSecond, p50Ms, cpuMs })

/** Operation → connections → figure. */
export type Recorded = Readonly<Record<string, Readonly<Record<number, Figure>>>>

export const UPSTREAM: Recorded = {
  create: { 1: figure(309, 3.1, 2.9), 8: figure(820, 8, 1.57), 32: figure(1064, 27, 1.65) },
  get: { 1: figure(621, 1.5, 1.42), 8: figure(2004, 3.7, 0.7), 32: figure(2365, 13, 0.65) },
  update: { 1: figure(296, 3, 3.3), 8: figure(812, 8.6, 1.98), 32: figure(960, 27, 1.73) },
  patch: { 1: figure(290, 3.4, 3.5), 8: figure(709, 9.8, 2.33), 32: figure(895, 30, 1.97) },
}

/** `get` and `put`, the latter durable on ext4. c=1 has no CPU figure of its own: that of c=8 stands in. */
export const FLOOR: Recorded = {
  get: { 1: figure(1205, 0.83, 0.41), 8: figure(2440, 3.2, 0.41), 32: figure(3070, 9.3, 0.318) },
  put: { 1: figure(678, 1.37, 0.75), 8: figure(1059, 7.1, 0.75), 32: figure(1093, 28, 0.75) },
}

/** What processes use, as Linux counts it (/proc): CPU time and resident memory. */
import { readFileSync } from 'node:fs'

/** Clock ticks a second; 100 on every Linux that people run. */
const TICK_MS = 10

/** User and system time of all of them so far. */
export function cpuMsOf(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    // After the name, which may hold anything: state is field 3, utime 14, stime 15.
    const fields = (read(pid, 'stat').split(') ').at(-1) ?? '').split(' ')
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS
  })
}

/** Resident memory, pages that they share counted in each. */
export function residentBytesOf(pids: readonly number[]): number {
  return sum(pids, (pid) => Number(/VmRSS:\s+(\d+)/.exec(read(pid, 'status'))?.[1] ?? 0) * 1024)
}

/** A process that ended uses nothing. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function sum(pids: readonly number[], valueOf: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + valueOf(pid), 0)
}

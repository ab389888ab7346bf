/** What processes use, as Linux counts it (/proc): CPU time and resident memory. */
import { readFileSync, readlinkSync } from 'node:fs'

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

/**
 * Resident memory. Pages of a program's file are in memory once, however many processes run it (two of ours are
 * workerd), so they count once: the largest share that one of them has touched.
 */
export function residentBytesOf(pids: readonly number[]): number {
  const filePages = new Map<string, number>()
  const own = sum(pids, (pid) => {
    const status = read(pid, 'status')
    const bytes = (field: string): number =>
      Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024
    const program = programOf(pid)
    filePages.set(program, Math.max(filePages.get(program) ?? 0, bytes('RssFile')))
    return bytes('RssAnon') + bytes('RssShmem')
  })
  return own + [...filePages.values()].reduce((total, bytes) => total + bytes, 0)
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${String(pid)}/exe`)
  } catch {
    return ''
  }
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

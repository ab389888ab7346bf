/**
 * Which process a pid means: the system gives pids out again, so a mark made of the process's start tells the one
 * that we know from a later one. Only processes with the expected mark or command are ever signalled.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 20

/** '' when there is no such process. */
export function markOf(pid: number): string {
  if (process.platform !== 'linux') return askPs(pid, 'lstart=')
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie is dead to us; field 22 of the whole line is the start in ticks since boot (proc(5)).
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

function commandOf(pid: number): string {
  if (process.platform !== 'linux') return askPs(pid, 'command=')
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

function askPs(pid: number, format: string): string {
  try {
    return execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

export function isSameProcess({ pid, mark }: { readonly pid: number; readonly mark: string }): boolean {
  const now = markOf(pid)
  return now !== '' && now === mark
}

/** Waits until `isGone`, at most `limitMs`; says whether it is. */
export async function waitUntil(isGone: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!isGone()) {
    if (performance.now() > end) return false
    await sleep(POLL_MS)
  }
  return true
}

/** Kills those of `pids` whose command line names `path`: children of a host that was itself killed. */
export async function killLeftOvers(pids: readonly number[], path: string): Promise<number[]> {
  const ours = pids.filter((pid) => commandOf(pid).includes(path))
  for (const pid of ours) process.kill(pid, 'SIGKILL')
  await waitUntil(() => ours.every((pid) => markOf(pid) === ''), 5_000)
  return ours
}

/** Progress in memory, counting what it would write to disk. A new driver on the same one is a restart. */
import type { Progress, RunningMarker, WorkItem } from '../../src/reconcile/progress.ts'

export class MemoryProgress implements Progress {
  readonly cursors = new Map<string, number>()
  readonly items = new Map<string, WorkItem>()
  running: RunningMarker | undefined
  writes = 0

  cursor(target: string): number {
    return this.cursors.get(target) ?? 0
  }

  advance(target: string, revision: number): void {
    this.writes += 1
    this.cursors.set(target, Math.max(this.cursor(target), revision))
  }

  work(): readonly WorkItem[] {
    return [...this.items.values()]
  }

  putWork(item: WorkItem): void {
    this.writes += 1
    this.items.set(`${item.controller}/${item.key}`, item)
  }

  removeWork(controller: string, key: string): void {
    this.writes += 1
    this.items.delete(`${controller}/${key}`)
  }

  marker(): RunningMarker | undefined {
    return this.running
  }

  setMarker(marker: RunningMarker): void {
    this.writes += 1
    this.running = marker
  }

  clearMarker(): void {
    this.writes += 1
    this.running = undefined
  }
}

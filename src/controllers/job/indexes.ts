/** Completion indexes of Indexed Jobs: `0-2,5` (kubernetes pkg/controller/job/indexed_job_utils.go). Pure. */
import type { V1Job, V1Pod } from '../../apis/generated/types.ts'

/** As annotation and as label. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'

export function isIndexed({ spec }: V1Job): boolean {
  return spec?.completionMode === 'Indexed'
}

export function completionIndexOf({ metadata }: V1Pod): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

export function parseIndexes(text: string | undefined): number[] {
  if (text === undefined || text === '') return []
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}

/** Runs of three and more as a range, pairs and single ones by themselves. */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((one, other) => one - other)
  const parts: string[] = []
  for (let start = 0; start < sorted.length;) {
    let end = start
    while (end + 1 < sorted.length && sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1
    if (end > start + 1) parts.push(`${String(sorted[start])}-${String(sorted[end])}`)
    else for (let at = start; at <= end; at++) parts.push(String(sorted[at]))
    start = end + 1
  }
  return parts.join(',')
}

/** The lowest `count` indexes that neither succeeded nor have a pod. */
export function pendingIndexes(completions: number, taken: ReadonlySet<number>, count: number): number[] {
  const found: number[] = []
  for (let index = 0; index < completions && found.length < count; index++) if (!taken.has(index)) found.push(index)
  return found
}

/** Joining tolerations of a pod with those of its runtime class (upstream: pkg/util/tolerations/tolerations.go). */
import { ascending } from '../lib/order.ts'
import type { Toleration } from './pod.ts'

const NO_EXECUTE = 'NoExecute'

/** Both lists in order, without those that another one covers; of equal ones the first stays. */
export function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Toleration[] {
  const all = [...first, ...second].map((toleration, index): Placed => ({ toleration, index, stays: false }))
  const groups = widestFirst(all)
  const staying = new Set<string>()
  for (const placed of all) {
    const text = textOf(placed.toleration)
    placed.stays = !staying.has(text) && !isCovered(placed, groups)
    if (placed.stays) staying.add(text)
  }
  return all.filter(({ stays }) => stays).map(({ toleration }) => toleration)
}

interface Placed {
  readonly toleration: Toleration
  readonly index: number
  /** It was looked at, and nothing covers it. */
  stays: boolean
}

/**
 * By what one has to say to be covered by them; those that cover most come first, and of these the last: of however
 * many, one that covers is found at once.
 */
function widestFirst(all: readonly Placed[]): Map<string, Placed[]> {
  const groups = Map.groupBy(all, ({ toleration: { key = '', effect = '', operator, value = '' } }) =>
    groupOf(key, effect, operator === 'Exists' ? undefined : value))
  for (const group of groups.values()) {
    group.sort((one, other) => ascending(secondsOf(other), secondsOf(one)) || other.index - one.index)
  }
  return groups
}

const secondsOf = ({ toleration }: Placed): number => toleration.tolerationSeconds ?? Number.POSITIVE_INFINITY

/** Without a value: those of every value. */
function groupOf(key: string, effect: string, value: string | undefined): string {
  return JSON.stringify([key, effect, value])
}

function isCovered(placed: Placed, groups: ReadonlyMap<string, readonly Placed[]>): boolean {
  const { key = '', effect = '', operator, value = '' } = placed.toleration
  // The widest first: what is covered itself covers nothing that they do not.
  for (const form of operator === 'Equal' ? [undefined, value] : [undefined]) {
    for (const byKey of new Set(['', key])) {
      for (const byEffect of new Set(['', effect])) {
        if (isCoveredIn(groups.get(groupOf(byKey, byEffect, form)) ?? [], placed, byEffect)) return true
      }
    }
  }
  return false
}

function isCoveredIn(group: readonly Placed[], placed: Placed, effect: string): boolean {
  for (const one of group) {
    if (effect === NO_EXECUTE && secondsOf(one) < secondsOf(placed)) return false
    const isLater = one.index > placed.index && !isEqual(one.toleration, placed.toleration)
    if ((one.stays || isLater) && covers(one.toleration, placed.toleration)) return true
  }
  return false
}

const textOf = ({ key = '', operator = '', value = '', effect = '', tolerationSeconds }: Toleration): string =>
  JSON.stringify([key, operator, value, effect, tolerationSeconds])

function isEqual(left: Toleration, right: Toleration): boolean {
  return textOf(left) === textOf(right)
}

/** Whether everything that `narrow` tolerates is tolerated by `wide`. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (isEqual(wide, narrow)) return true
  const wideKey = wide.key ?? ''
  const wideEffect = wide.effect ?? ''
  if ((narrow.key ?? '') !== wideKey && (wideKey !== '' || wide.operator !== 'Exists')) return false
  if ((narrow.effect ?? '') !== wideEffect && wideEffect !== '') return false
  if (wideEffect === NO_EXECUTE && wide.tolerationSeconds !== undefined) {
    if (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds) return false
  }
  if (wide.operator === 'Exists') return true
  if (wide.operator !== undefined && wide.operator !== '' && wide.operator !== 'Equal') return false
  return narrow.operator === 'Equal' && (narrow.value ?? '') === (wide.value ?? '')
}

/** The subresources that many kinds have alike: their status, and their scale as autoscaling/v1 has it. */
import type { Subresource, Verb } from './define-kind.ts'

/** Of a subresource that is a part of its object. */
const PART_VERBS: readonly Verb[] = ['get', 'patch', 'update']

export const SCALE_KIND = { group: 'autoscaling', version: 'v1', kind: 'Scale' } as const

export const STATUS: Subresource = { name: 'status', verbs: PART_VERBS }
export const SCALE: Subresource = { name: 'scale', verbs: PART_VERBS, bodyKind: SCALE_KIND }

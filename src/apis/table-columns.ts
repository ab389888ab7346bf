/**
 * What the columns of most kinds have in common: their builder, name and age, the containers of a template, and the
 * small words for "nothing". Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go. Descriptions are
 * ours; everything else is what clients show.
 */
import { humanDuration } from '../apimachinery/human-duration.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import { formatLabelSelector } from '../apimachinery/selectors.ts'
import type { Cell, Column } from '../apimachinery/table.ts'
import { meaningOf } from './column-meanings.ts'
import type { V1LabelSelector, V1PodTemplateSpec } from './generated/types.ts'

export const NONE = '<none>'
export const UNSET = '<unset>'
export const UNKNOWN = '<unknown>'

/** How many entries of a list a cell shows. */
const MAX_LISTED = 3

type Options = Partial<Pick<Column, 'type' | 'format' | 'description'>> & {
  /** Only with `-o wide`. */
  readonly isWide?: boolean
}

export function column<T extends KubeObject>(
  name: string,
  cell: (subject: T, nowMs: number) => Cell,
  { type = 'string', format = '', description = meaningOf(name), isWide = false }: Options = {},
): Column<T> {
  return { name, type, format, description, priority: isWide ? 1 : 0, cell }
}

/** A column of whole numbers. */
export function countColumn<T extends KubeObject>(name: string, cell: (subject: T) => number | undefined): Column<T> {
  return column<T>(name, (subject) => cell(subject) ?? 0, { type: 'integer' })
}

export const nameColumn: Column = column('Name', ({ metadata }) => metadata.name ?? '', { format: 'name' })

export const ageColumn: Column = column('Age', ({ metadata }, nowMs) => ageOf(metadata.creationTimestamp, nowMs), {
  description: 'How long ago the object was created.',
})

/** Kinds that upstream prints without a printer of their own (k8s.io/apiserver pkg/registry/rest/table.go). */
export const createdAtColumns: readonly Column[] = [
  nameColumn,
  column('Created At', ({ metadata }) => metadata.creationTimestamp ?? '0001-01-01T00:00:00Z', {
    type: 'date',
    description: 'When the object was created.',
  }),
]

/** How long ago a time was; `<unknown>` when there is none. */
export function ageOf(time: string | null | undefined, nowMs: number): string {
  return time === undefined || time === null || time === '' ? UNKNOWN : humanDuration(nowMs - Date.parse(time))
}

export function orNone(text: string | null | undefined): string {
  return text === undefined || text === null || text === '' ? NONE : text
}

/** `a,b,c + 2 more...` */
export function listed(entries: readonly string[], whenEmpty: string, max = MAX_LISTED): string {
  const shown = entries.slice(0, max).join(',')
  if (shown === '') return whenEmpty
  return entries.length > max ? `${shown} + ${String(entries.length - max)} more...` : shown
}

/** `a=b,c=d` in the order of the keys. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return orNone(pairs.toSorted().join(','))
}

export function selectorText(selector: V1LabelSelector | null | undefined): string {
  return orNone(formatLabelSelector(selector))
}

/** Names and images of a template's containers, and its selector if there is one: `-o wide` of everything with pods. */
export function templateColumns<T extends KubeObject>(
  templateOf: (subject: T) => V1PodTemplateSpec | undefined,
  selectorOf?: (subject: T) => string,
): Column<T>[] {
  const containers = (subject: T): readonly { name: string; image?: string }[] => {
    const spec = templateOf(subject)?.spec as { containers?: { name: string; image?: string }[] | null } | undefined
    return spec?.containers ?? []
  }
  const columns = [
    column<T>(
      'Containers',
      (subject) =>
        containers(subject)
          .map(({ name }) => name)
          .join(','),
      { isWide: true },
    ),
    column<T>(
      'Images',
      (subject) =>
        containers(subject)
          .map(({ image }) => image ?? '')
          .join(','),
      { isWide: true },
    ),
  ]
  return selectorOf === undefined ? columns : [...columns, column<T>('Selector', selectorOf, { isWide: true })]
}

/** Where a load balancer is reached: each IP or host name once, sorted. */
export function ingressAddresses(ingress: readonly { ip?: string; hostname?: string }[] | undefined): string[] {
  const addresses = (ingress ?? []).map(({ ip = '', hostname = '' }) => (ip === '' ? hostname : ip))
  return [...new Set(addresses)].filter((address) => address !== '').toSorted()
}

const ACCESS_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

/** `RWO,ROX`, in upstream's order. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return Object.keys(ACCESS_MODES)
    .filter((mode) => modes?.includes(mode))
    .map((mode) => ACCESS_MODES[mode])
    .join(',')
}

/** `True`, `False`, or `<unset>`. */
export function booleanText(value: boolean | undefined): string {
  return value === undefined ? UNSET : value ? 'True' : 'False'
}

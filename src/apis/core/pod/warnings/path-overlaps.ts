/**
 * Files of one volume that are written over each other, or stand where another needs a folder.
 * Upstream: kubernetes/kubernetes pkg/api/pod/warnings.go, warningsForOverlappingVirtualPaths.
 */
import { withoutTrailing } from '../../../../lib/trailing.ts'
import { quote } from '../../../../apimachinery/field-path.ts'
import type { V1Volume, V1VolumeProjection } from '../../../generated/types.ts'

interface Place {
  readonly path: string
  /** '' where all files have the same source. */
  readonly source: string
}

function placesOf(items: readonly { readonly path: string }[] | undefined, source = ''): Place[] {
  return (items ?? []).map(({ path }) => ({ path, source }))
}

function format({ path, source }: Place): string {
  return source === '' ? quote(path) : `${quote(path)} (${source})`
}

/** Of the paths met so far: who stands at a folder, and who there or below, by their numbers. */
interface Folder {
  readonly here: number[]
  readonly below: number[]
  readonly inside: Map<string, Folder>
}

const emptyFolder = (): Folder => ({ here: [], below: [], inside: new Map() })

/** Those before it that are at `path`, above or below; a new one stands there from now on. */
function othersAt(root: Folder, path: string, number: number, isNew: boolean): number[] {
  const met: number[][] = []
  let folder = root
  for (const name of path.split('/')) {
    met.push(folder.here)
    if (isNew) folder.below.push(number)
    let next = folder.inside.get(name)
    if (next === undefined) folder.inside.set(name, (next = emptyFolder()))
    folder = next
  }
  const others = [...met.flat(), ...folder.below.slice(0, MAX_PATH_WARNINGS)].toSorted((one, other) => one - other)
  if (isNew) {
    folder.here.push(number)
    folder.below.push(number)
  }
  return others
}

/** More than the headers of an answer have room for. Each path may be in the way of all the others. */
const MAX_PATH_WARNINGS = 4_096

/** What is said again is left out: a path that is met once more has something to say only if there are others by now. */
function overlapsOf(places: readonly Place[]): Set<string> {
  const root = emptyFolder()
  const overlaps = new Set<string>()
  const known = new Map<string, { readonly number: number; knew: number }>()
  const texts: string[] = []
  for (const { path, source } of places) {
    const place = { path: withoutTrailing(path, '/'), source }
    const text = format(place)
    const before = known.get(text)
    if (place.path === '' || before?.knew === texts.length) continue
    const { number } = before ?? { number: texts.length }
    for (const other of othersAt(root, place.path, number, before === undefined)) {
      overlaps.add(`${text} with ${texts[other] ?? ''}`)
    }
    known.set(text, { number, knew: texts.length })
    if (before === undefined) texts.push(text)
    if (overlaps.size >= MAX_PATH_WARNINGS) break
  }
  return overlaps
}

function placesOfSource({ configMap, secret, downwardAPI, serviceAccountToken }: V1VolumeProjection): Place[] {
  if (configMap?.items !== undefined) return placesOf(configMap.items, `ConfigMap ${quote(configMap.name ?? '')}`)
  if (secret?.items !== undefined) return placesOf(secret.items, `Secret ${quote(secret.name ?? '')}`)
  if (downwardAPI?.items !== undefined) return placesOf(downwardAPI.items, 'DownwardAPI')
  return serviceAccountToken === undefined ? [] : [{ path: serviceAccountToken.path, source: 'ServiceAccountToken' }]
}

function warningsOf({ name, configMap, secret, downwardAPI, projected }: V1Volume): string[] {
  const warn = (places: readonly Place[], what: string, source?: string): string[] =>
    [...overlapsOf(places)].map((overlap) => {
      const from = source === undefined ? what : `${what} ${quote(source)}`
      return `volume ${quote(name)} (${from}): overlapping paths: ${overlap}`
    })
  const sources = projected?.sources ?? []
  const isEmpty = (source: V1VolumeProjection): boolean => Object.values(source).every((part) => part === undefined)
  return [
    ...warn(placesOf(configMap?.items), 'ConfigMap', configMap?.name ?? ''),
    ...warn(placesOf(secret?.items), 'Secret', secret?.secretName ?? ''),
    ...warn(placesOf(downwardAPI?.items), 'DownwardAPI'),
    ...sources.filter(isEmpty).map(() => `volume ${quote(name)} (Projected) has no sources provided`),
    ...warn(sources.flatMap(placesOfSource), 'Projected'),
  ]
}

export function pathWarnings(volumes: readonly V1Volume[]): string[] {
  const warnings = new Set<string>()
  for (const volume of volumes) {
    for (const warning of warningsOf(volume)) warnings.add(warning)
    if (warnings.size >= MAX_PATH_WARNINGS) break
  }
  return [...warnings]
}

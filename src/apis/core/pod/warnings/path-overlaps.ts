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

function overlapsOf(places: readonly Place[]): string[] {
  const earlier: Place[] = []
  return places.flatMap((written) => {
    const place = { ...written, path: withoutTrailing(written.path, '/') }
    const isInside = (one: string, other: string): boolean => `${one}/`.startsWith(`${other}/`)
    const others = earlier.filter(
      ({ path }) => path !== '' && place.path !== '' && (isInside(path, place.path) || isInside(place.path, path)),
    )
    earlier.push(place)
    return others.map((other) => `${format(place)} with ${format(other)}`)
  })
}

function placesOfSource({ configMap, secret, downwardAPI, serviceAccountToken }: V1VolumeProjection): Place[] {
  if (configMap?.items !== undefined) return placesOf(configMap.items, `ConfigMap ${quote(configMap.name ?? '')}`)
  if (secret?.items !== undefined) return placesOf(secret.items, `Secret ${quote(secret.name ?? '')}`)
  if (downwardAPI?.items !== undefined) return placesOf(downwardAPI.items, 'DownwardAPI')
  return serviceAccountToken === undefined ? [] : [{ path: serviceAccountToken.path, source: 'ServiceAccountToken' }]
}

export function pathWarnings(volumes: readonly V1Volume[]): string[] {
  return volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => {
    const warn = (places: readonly Place[], what: string, source?: string): string[] =>
      overlapsOf(places).map((overlap) => {
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
  })
}

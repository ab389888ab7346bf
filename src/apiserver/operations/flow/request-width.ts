/**
 * How many seats a request takes, by what it makes the server do (k8s.io/apiserver pkg/util/flowcontrol/request):
 * lists by what they hold in memory, writes by how many watchers are told of them, all others one. Pure. Seats are
 * those of priority levels; no request takes more of a level than {@link maxSeatsOf}.
 */
import { selectedName } from '../../authorize.ts'
import type { ResourceRequest } from '../../request-info.ts'

export interface Width {
  /** Taken from the beginning until it is finished, the time after its answer included. */
  readonly seats: number
  /** What it takes of them while it is answered, and then for `finalMs` more: what its fair share is counted by. */
  readonly initialSeats: number
  readonly finalSeats: number
  readonly finalMs: number
}

export const ONE_SEAT: Width = { seats: 1, initialSeats: 1, finalSeats: 0, finalMs: 0 }

/** What there is of a kind. */
export interface Stored {
  readonly count: number
  /** Of one object, in characters of its text. */
  readonly averageSize: number
}

const MAX_LIST_SEATS = 100
const MAX_WRITE_SEATS = 10
const SIZE_PER_SEAT = 100_000

/** What a list holds at once that is streamed from what is at hand. */
const MAX_STREAMED_SIZE = 1_000_000

export const WATCHERS_PER_SEAT = 10
const MS_PER_SEAT = 5

/** The most of a level's seats that one of its requests takes; undefined: the level does not queue, and says nothing. */
export function maxSeatsOf(nominal: number, handSize: number | undefined): number | undefined {
  if (handSize === undefined) return undefined
  return Math.max(1, Math.min(Math.ceil(nominal * 0.15), Math.floor(nominal / handSize)))
}

/** Of a list, and of a watch that begins with one. `stored` is asked only where it matters. */
export function listWidth(
  { verb, name }: ResourceRequest,
  query: URLSearchParams,
  most: number | undefined,
  stored: () => Stored | undefined,
): Width {
  const isWatch = verb === 'watch'
  if (isWatch && !beginsWithList(query)) return ONE_SEAT
  const maxSeats = Math.min(most ?? MAX_LIST_SEATS, MAX_LIST_SEATS)
  const limit = Number(query.get('limit') ?? '0')
  // It will be refused for that; until then it is taken for the worst.
  if (!Number.isInteger(limit)) return seatsWidth(maxSeats)
  const known = stored()
  if (known === undefined) return ONE_SEAT
  const isStreamed = isWatch || !isReadAsOf(query, limit)
  const limited = limit > 0 ? Math.min(limit, known.count) : known.count
  const isSelected = (query.get('fieldSelector') ?? '') !== '' || (query.get('labelSelector') ?? '') !== ''
  const held = isSelected && !isStreamed ? Math.max(limited, Math.floor(known.count / 2)) : limited
  const isOne = name !== '' || selectedName(verb, query) !== ''
  const size = (isOne ? 1 : held) * known.averageSize
  const atOnce = isStreamed ? Math.min(size, MAX_STREAMED_SIZE) : size
  return seatsWidth(Math.min(maxSeats, Math.ceil(atOnce / SIZE_PER_SEAT)))
}

function seatsWidth(seats: number): Width {
  return seats <= 1 ? ONE_SEAT : { seats, initialSeats: seats, finalSeats: 0, finalMs: 0 }
}

function beginsWithList(query: URLSearchParams): boolean {
  const asked = query.get('sendInitialEvents')
  if (asked !== null && asked !== '0' && asked.toLowerCase() !== 'false') return true
  const revision = query.get('resourceVersion') ?? ''
  return revision === '' || revision === '0'
}

/** A list of the state at one revision that is not the newest (k8s.io/apiserver pkg/storage/cacher/delegator). */
function isReadAsOf(query: URLSearchParams, limit: number): boolean {
  const match = query.get('resourceVersionMatch') ?? ''
  if (match !== '') return match !== 'NotOlderThan'
  if ((query.get('continue') ?? '') !== '') return true
  const revision = query.get('resourceVersion') ?? ''
  return limit > 0 && revision !== '' && revision !== '0'
}

/** Of a write that `watchers` are told of, after it was answered: narrower and longer where it would be too wide. */
export function writeWidth(watchers: number, most: number | undefined): Width {
  if (watchers < WATCHERS_PER_SEAT) return ONE_SEAT
  const wanted = Math.ceil(watchers / WATCHERS_PER_SEAT)
  const finalSeats = Math.min(wanted, most ?? MAX_WRITE_SEATS, MAX_WRITE_SEATS)
  return { seats: finalSeats, initialSeats: 1, finalSeats, finalMs: (wanted * MS_PER_SEAT) / finalSeats }
}

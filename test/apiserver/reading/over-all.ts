/**
 * Reads over all namespaces in this process: a sequencer above the stores of a few testApis, each the one namespace of
 * its name. Revisions that the tests write by themselves are reserved here.
 */
import { answerAllNamespaces } from '../../../src/apiserver/reading/all-namespaces.ts'
import { pageSelection } from '../../../src/objects/scope/page-selection.ts'
import type { ManualClock } from '../../../src/lib/clock.ts'
import { AllNamespaces } from '../../../src/registry/sequence/all-namespaces.ts'
import { SequencerDriver } from '../../../src/registry/sequence/sequencer-driver.ts'
import { StoreSideDriver } from '../../../src/registry/sequence/store-side-driver.ts'
import { createRequestIds } from '../../../src/store/sequence/request-ids.ts'
import type { TestApi } from '../../support/api.ts'
import { ADMIN } from '../../support/api.ts'

export interface Reads {
  readonly send: (target: string, method?: string, accept?: string) => Promise<Response>
  nextRevision(): number
}

const HIGH_WATER = 1_000

const unused = (): never => {
  throw new Error('nothing is reserved here')
}

export function overAll(apis: Readonly<Record<string, TestApi>>, clock: ManualClock): Reads {
  const names = Object.keys(apis)
  const state = {
    highWater: HIGH_WATER,
    stores: names.map((store) => ({ store, incarnation: 1, asideAfter: undefined, lastId: 0 })),
    holdings: names.map((store) => ({ store, resource: 'configmaps' })),
    marks: [],
  }
  const sides = new Map(Object.entries(apis).map(([store, api]) => [store, sideOf(store, api, clock)]))
  const side = (store: string): StoreSideDriver => sides.get(store) ?? unused()
  const calls = {
    rows: (store: string, request: Parameters<StoreSideDriver['answer']>[0]) => side(store).answer(request),
    page: (store: string, request: Parameters<StoreSideDriver['page']>[0]) => 
      side(store).page(request, pageSelection(request, store)),
  }
  const ports = { state, keep: () => undefined, durable: () => Promise.resolve(), calls, clock, onError: unused }
  const driver = new SequencerDriver(ports)
  const all = new AllNamespaces(driver, calls, clock)
  const host = Object.values(apis)[0]?.scope.host ?? unused()
  const [first = ''] = names
  let id = 0
  return {
    send: (target, method = 'GET', accept = '*/*') => {
      const request = new Request(`https://test${target}`, { method, headers: { accept } })
      return answerAllNamespaces({ ...host, all, namespace: '' }, request, ADMIN)
    },
    nextRevision() {
      id += 1
      const speaker = { store: first, incarnation: 1 }
      const request = { ...speaker, id, isFirst: true, count: 1, resources: ['configmaps'], close: undefined }
      const reply = driver.reserve(request)
      if (reply.kind !== 'granted') throw new Error(reply.kind)
      driver.close({ ...speaker, close: { from: reply.from, rows: [], isWhole: true } })
      return reply.from
    },
  }
}

function sideOf(store: string, { scope, sql }: TestApi, clock: ManualClock): StoreSideDriver {
  return new StoreSideDriver({
    speaker: { store, incarnation: 1 },
    store: scope.store,
    nextId: createRequestIds(sql),
    calls: { reserve: unused, close: unused, answered: unused, leave: unused },
    durable: () => Promise.resolve(),
    clock,
  })
}

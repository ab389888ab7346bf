/** Events: repeats are counted, many alike are combined, floods are cut short. */
import { describe, expect, it } from 'vitest'
import { event } from '../../src/apis/core/event/event.ts'
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import type { UserInfo } from '../../src/auth/user.ts'
import { createEventsRecorder } from '../../src/client/events-recorder.ts'
import type { EventsRecorder } from '../../src/client/events-recorder.ts'
import type { ManualClock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'

interface World {
  readonly api: ScopesApi
  readonly clock: ManualClock
  readonly recorder: EventsRecorder
  readonly errors: unknown[]
  events(namespace?: string): Promise<Record<string, unknown>[]>
}

function aWorld({ user, ...more }: { readonly lingerMs?: number; readonly user?: UserInfo } = {}): World {
  const clock = new SteppedClock()
  const api = new ScopesApi(clock, seededRandom(3))
  const errors: unknown[] = []
  const recorder = createEventsRecorder({
    client: user === undefined ? api : api.client(user),
    clock,
    component: 'replicaset-controller',
    random: seededRandom(4),
    ...more,
    onError: (error) => errors.push(error),
  })
  return {
    api,
    clock,
    recorder,
    errors,
    events: async (namespace = 'ns') =>
      (await api.list(event, { namespace })).items as unknown as Record<string, unknown>[],
  }
}

const subject: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'ns', uid: 'u1', resourceVersion: '7' },
}

describe('the events recorder', () => {
  it('writes an Event as upstream does', async () => {
    const { recorder, events } = aWorld()
    await recorder.record(subject, 'Normal', 'SuccessfulCreate', 'Created pod: web-x')
    expect(await events()).toMatchObject([
      {
        metadata: { name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) as unknown, namespace: 'ns' },
        involvedObject: {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web',
          namespace: 'ns',
          uid: 'u1',
          resourceVersion: '7',
        },
        reason: 'SuccessfulCreate',
        message: 'Created pod: web-x',
        source: { component: 'replicaset-controller' },
        reportingComponent: 'replicaset-controller',
        type: 'Normal',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
      },
    ])
  })

  it('writes few at once, and lets what many Events are about go first, where it is told to', async () => {
    const { clock, recorder, events, api } = aWorld({ lingerMs: 500 })
    const about = (name: string): Promise<void> =>
      recorder.record({ ...subject, metadata: { name, namespace: 'ns', uid: name } }, 'Normal', 'Started', 'Started it')
    await about('first')
    expect(await events()).toHaveLength(1)
    const few = Array.from({ length: 23 }, (_, n) => about(`few-${String(n)}`))
    await Promise.all(few)
    const written = api.writes.length
    const many = [about('last'), about('later')]
    clock.advance(499)
    await Promise.resolve()
    expect(api.writes).toHaveLength(written)
    clock.advance(1)
    await Promise.all(many)
    expect(await events()).toHaveLength(26)
  })

  it('counts a repeat and keeps when it began', async () => {
    const { clock, recorder, events } = aWorld()
    for (let turn = 0; turn < 3; turn++) {
      await recorder.record(subject, 'Warning', 'FailedCreate', 'no')
      clock.advance(60_000)
    }
    expect(await events()).toMatchObject([
      { count: 3, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:02:00Z' },
    ])
  })

  it('makes one combined Event of many alike, in one batch', async () => {
    const { api, recorder, events } = aWorld()
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        recorder.record(subject, 'Normal', 'SuccessfulCreate', `Created pod: ${String(index)}`),
      ),
    )
    const written = await events()
    expect(written).toHaveLength(10)
    expect(
      written.filter(({ message }) => String(message).startsWith('(combined from similar events): ')),
    ).toMatchObject([{ count: 11 }])
    expect(api.batches).toEqual([10])
  })

  it('writes no more than 25 at once about one object, and one more every five minutes', async () => {
    const { clock, recorder, events } = aWorld()
    const total = async (): Promise<number> => (await events()).reduce((sum, { count }) => sum + Number(count), 0)
    for (let turn = 0; turn < 40; turn++) await recorder.record(subject, 'Warning', `Reason${String(turn)}`, 'no')
    expect(await total()).toBe(25)
    clock.advance(300_000)
    for (let turn = 0; turn < 3; turn++) await recorder.record(subject, 'Warning', 'Again', 'no')
    expect(await total()).toBe(26)
  })

  it('counts what it holds back, each type on its own', async () => {
    const { clock, recorder, events } = aWorld()
    for (let turn = 0; turn < 40; turn++) await recorder.record(subject, 'Warning', 'FailedCreate', 'no')
    await recorder.record(subject, 'Normal', 'SuccessfulCreate', 'Created pod: web-x')
    expect((await events()).map(({ count }) => count)).toEqual([25, 1])
    clock.advance(300_000)
    await recorder.record(subject, 'Warning', 'FailedCreate', 'no')
    expect((await events()).map(({ count }) => count)).toEqual([41, 1])
  })

  it('lets a message that it knows go on by itself beside the combined Event', async () => {
    const { recorder, events } = aWorld()
    for (let turn = 0; turn < 10; turn++) await recorder.record(subject, 'Normal', 'Created', `pod ${String(turn)}`)
    await recorder.record(subject, 'Normal', 'Created', 'pod 8')
    const written = await events()
    expect(written.find(({ message }) => message === 'pod 8')).toMatchObject({ count: 2 })
    const combined = written.find(({ message }) => String(message).startsWith('(combined'))
    expect(combined).toMatchObject({
      count: 1,
      source: { component: 'replicaset-controller' },
      reportingComponent: '',
      reportingInstance: '',
    })
  })

  it('names an Event by a UUID where the name of its subject cannot be part of one', async () => {
    const { recorder, events } = aWorld()
    const metadata = { name: `a${'b'.repeat(250)}`, namespace: 'ns' }
    await recorder.record({ ...subject, metadata }, 'Normal', 'Starting', 'up')
    expect(await events()).toMatchObject([{ metadata: { name: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown } }])
  })

  it('puts Events of cluster-scoped objects into the default namespace', async () => {
    const { recorder, events } = aWorld()
    await recorder.record({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }, 'Normal', 'Starting', 'up')
    expect(await events('default')).toHaveLength(1)
  })

  it('makes a new Event of a repeat whose Event is gone', async () => {
    const { api, recorder, events } = aWorld()
    await recorder.record(subject, 'Normal', 'Pulled', 'x')
    const [first] = await events()
    await api.delete(event, {
      namespace: 'ns',
      name: String((first?.['metadata'] as { name?: unknown } | undefined)?.name),
    })
    await recorder.record(subject, 'Normal', 'Pulled', 'x')
    expect(await events()).toMatchObject([{ count: 2 }])
  })

  it('fails nobody when Events are refused, but says so', async () => {
    const { recorder, errors } = aWorld({ user: { username: 'nobody', groups: [] } })
    await recorder.record(subject, 'Normal', 'Pulled', 'x')
    expect(errors).toMatchObject([{ reason: 'Forbidden' }])
  })

  it('makes no news of Events refused because their namespace is going', async () => {
    const { api, recorder, errors } = aWorld()
    await api.ready
    await api.deleteContent('ns', 'uid-of-ns', 'rest')
    await recorder.record(subject, 'Normal', 'Pulled', 'x')
    expect(errors).toEqual([])
  })
})

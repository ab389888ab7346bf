/**
 * Times that are written more precisely than they are shown: judged as they are written, cut where they are stored
 * (k8s.io/apimachinery pkg/apis/meta/v1/time.go).
 */
import { describe, expect, it } from 'vitest'
import { testApi, type Json } from '../../support/api.ts'

const JOBS = '/apis/batch/v1/namespaces/team/jobs'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const container = { name: 'c', image: 'i' }

async function aJob() {
  const api = testApi('team')
  const spec = { template: { spec: { containers: [container], restartPolicy: 'Never' } } }
  await api.json('POST', JOBS, { body: { metadata: { name: 'one' }, spec } })
  return (status: object, query = ''): Promise<{ code: number; body: Json }> =>
    api.json('PATCH', `${JOBS}/one/status${query}`, { body: { status }, headers: MERGE })
}

async function aDeployment() {
  const api = testApi('team')
  const template = (creationTimestamp: string): object => ({
    metadata: { labels: { a: 'b' }, creationTimestamp }, spec: { containers: [container] },
  })
  const spec = { selector: { matchLabels: { a: 'b' } }, template: template('2026-01-02T03:04:05.75+01:00') }
  const made = await api.json('POST', DEPLOYMENTS, { body: { metadata: { name: 'one' }, spec } })
  const patch = (time: string): Promise<{ code: number; body: Json }> =>
    api.json('PATCH', `${DEPLOYMENTS}/one`, { body: { spec: { template: template(time) } }, headers: MERGE })
  return { made: made.body, patch }
}

describe('a time with a fraction of a second', () => {
  it('is another time than the one that is stored', async () => {
    const write = await aJob()
    await write({ startTime: '2026-01-02T03:04:05Z' })
    expect((await write({ startTime: '2026-01-02T03:04:05.000Z' })).body['message']).toBeUndefined()
    const { code, body } = await write({ startTime: '2026-01-02T03:04:05.5Z' })
    expect([code, body['message']]).toEqual([422, expect.stringContaining('status.startTime: Invalid value')])
  })

  it('is compared to the nanosecond', async () => {
    const write = await aJob()
    const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({ type, status: 'True' }))
    const times = { startTime: '2026-01-02T03:04:05.123456789Z', completionTime: '2026-01-02T03:04:05.123456788Z' }
    expect((await write({ ...times, conditions }, '?dryRun=All')).body['message'])
      .toContain('must be equal to or after `startTime`')
    const later = { ...times, completionTime: '2026-01-02T03:04:05.12345679Z' }
    expect((await write({ ...later, conditions }, '?dryRun=All')).body['status']).toMatchObject({
      startTime: '2026-01-02T03:04:05Z', completionTime: '2026-01-02T03:04:05Z',
    })
  })

  it('is stored without it, wherever it is', async () => {
    const { made } = await aDeployment()
    expect(made['spec']?.['template']?.['metadata']?.['creationTimestamp']).toBe('2026-01-02T02:04:05Z')
  })

  it('is a change of the generation, and of nothing that anybody owns', async () => {
    const { made, patch } = await aDeployment()
    const { body } = await patch('2026-01-02T02:04:05.25Z')
    expect(body['metadata']?.['generation']).toBe(2)
    expect(body['metadata']?.['managedFields']).toEqual(made['metadata']?.['managedFields'])
  })
})

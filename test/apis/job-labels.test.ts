/** Labels that a Job has of its template (kubernetes/kubernetes pkg/apis/batch/v1/defaults.go, SetDefaults_Job). */
import { describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'

const TEMPLATE = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } }

describe('a Job whose template has no labels', () => {
  it('has those that its pods get', async () => {
    const body = { metadata: { name: 'x' }, spec: { template: TEMPLATE } }
    const { code, body: job } = await testApi('team').json('POST', '/apis/batch/v1/namespaces/team/jobs', { body })
    expect(code).toBe(201)
    expect(job['metadata']?.['labels']).toEqual(job['spec']?.['template']?.['metadata']?.['labels'])
    expect(job['metadata']?.['labels']).toHaveProperty(['job-name'], 'x')
  })

  it('is stored without them at first, so that the next write, which changes nothing, is one', async () => {
    const clock = new SteppedClock(Date.parse('2026-01-01T00:00:00Z'))
    const api = testApi('team', { clock })
    const jobs = '/apis/batch/v1/namespaces/team/jobs'
    const body = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { template: TEMPLATE } }
    const apply = async () => {
      const headers = { 'content-type': 'application/apply-patch+yaml' }
      const answer = await api.json('PATCH', `${jobs}/x?fieldManager=me`, { body, headers })
      clock.advance(1_000)
      return answer.body['metadata'] as unknown as Record<string, unknown>
    }
    const [made, again, last] = [await apply(), await apply(), await apply()]
    expect(again).toEqual({ ...made, resourceVersion: again['resourceVersion'] })
    expect(again['resourceVersion']).not.toBe(made['resourceVersion'])
    expect(last).toEqual(again)
  })

  it('is not written anew where it came with labels, or its template did', async () => {
    const api = testApi('team')
    const jobs = '/apis/batch/v1/namespaces/team/jobs'
    const labels = { app: 'x' }
    for (const [name, job] of Object.entries({
      own: { metadata: { name: 'own', labels }, spec: { template: TEMPLATE } },
      template: { metadata: { name: 'template' }, spec: { template: { ...TEMPLATE, metadata: { labels } } } },
    })) {
      const made = await api.json('POST', jobs, { body: job })
      const headers = { 'content-type': 'application/merge-patch+json' }
      const again = await api.json('PATCH', `${jobs}/${name}`, { body: {}, headers })
      expect(again.body, name).toEqual(made.body)
      const ofTemplate = made.body['spec']?.['template']?.['metadata']?.['labels']
      expect(Object.keys(made.body['metadata']?.['labels'] ?? {}), name)
        .toEqual(name === 'own' ? ['app'] : Object.keys(ofTemplate ?? {}))
    }
  })

  it('gets them back of whoever writes its status without them', async () => {
    const api = testApi('team')
    const jobs = '/apis/batch/v1/namespaces/team/jobs'
    const made = await api.json('POST', jobs, { body: { metadata: { name: 'x' }, spec: { template: TEMPLATE } } })
    const body = { metadata: { name: 'x' }, spec: { template: TEMPLATE }, status: {} }
    const { code, body: job } = await api.json('PUT', `${jobs}/x/status`, { body })
    expect(code).toBe(200)
    expect(job['metadata']?.['labels']).toEqual(made.body['metadata']?.['labels'])
  })
})

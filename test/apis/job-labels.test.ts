/** Labels that a Job has of its template (kubernetes/kubernetes pkg/apis/batch/v1/defaults.go, SetDefaults_Job). */
import { describe, expect, it } from 'vitest'
import { testApi } from '../support/api.ts'

const TEMPLATE = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } }

describe('a Job whose template has no labels', () => {
  it('has those that its pods get', async () => {
    const body = { metadata: { name: 'x' }, spec: { template: TEMPLATE } }
    const { code, body: job } = await testApi('team').json('POST', '/apis/batch/v1/namespaces/team/jobs', { body })
    expect(code).toBe(201)
    expect(job['metadata']?.['labels']).toEqual(job['spec']?.['template']?.['metadata']?.['labels'])
    expect(job['metadata']?.['labels']).toHaveProperty(['job-name'], 'x')
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

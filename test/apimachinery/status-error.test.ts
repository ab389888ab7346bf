/** Failures as clients read them: upstream's words, and details that say no more than is known. */
import { expect, it } from 'vitest'
import type { Status } from '../../src/apimachinery/status-error.ts'
import {
  conflictError,
  forbiddenError,
  internalError,
  notFoundError,
  requestTooLargeError,
  resourceVersionTooLargeError,
  statusErrorFrom,
  unclassifiedError,
} from '../../src/apimachinery/status-error.ts'

const deployments = { group: 'apps', resource: 'deployments' }

it.each<[Status, object]>([
  [
    notFoundError(deployments, 'web').status,
    {
      code: 404,
      reason: 'NotFound',
      message: 'deployments.apps "web" not found',
      details: { name: 'web', group: 'apps', kind: 'deployments' },
    },
  ],
  [
    conflictError({ group: '', resource: 'pods' }, 'p', 'no').status,
    { code: 409, message: 'Operation cannot be fulfilled on pods "p": no', details: { name: 'p', kind: 'pods' } },
  ],
  [
    forbiddenError(deployments, '', 'no').status,
    { code: 403, message: 'deployments.apps is forbidden: no', details: { group: 'apps', kind: 'deployments' } },
  ],
  [
    forbiddenError(deployments, 'web', 'no').status,
    { code: 403, message: 'deployments.apps "web" is forbidden: no', details: { name: 'web' } },
  ],
  [
    forbiddenError({ group: '', resource: '' }, '', 'no').status,
    { code: 403, message: 'forbidden: no', details: {} },
  ],
  [requestTooLargeError(3).status, { code: 413, message: 'Request entity too large: limit is 3' }],
  [
    resourceVersionTooLargeError(5, 3).status,
    {
      code: 504,
      reason: 'Timeout',
      message: 'Timeout: Too large resource version: 5, current: 3',
      details: {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    },
  ],
  [
    internalError('x').status,
    { code: 500, message: 'Internal error occurred: x', details: { causes: [{ message: 'x' }] } },
  ],
])('%j', (status, want) => {
  expect(status).toMatchObject({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...want })
})

it('names no kind where none is concerned', () => {
  expect(forbiddenError({ group: '', resource: '' }, '', 'no').status.details).toEqual({})
})

it('a failure without a reason has none once it came over the wire', () => {
  const { status } = unclassifiedError('x')
  expect(statusErrorFrom(structuredClone(status)).status).toEqual(status)
})

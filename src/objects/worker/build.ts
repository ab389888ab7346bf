/** What build this is: shown by /version and by the nodes of the platform. */
import type { Build } from '../../apiserver/discovery/version.ts'

export const BUILD: Build = { version: '0.1.0', commit: 'unknown', date: '2026-11-24T00:00:00Z' }

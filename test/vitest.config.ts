/**
 * Four kinds of tests: plain ones in Node.js (most), those that start a workerd of their own (test/workerd), those that
 * run inside of one (test/workerd/inside, the store on a Durable Object's database), and those that start the whole
 * system and talk to it from outside (test/e2e, one file at a time: they measure and use ports).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const root = `${import.meta.dirname}/..`
const APART = ['test/workerd/**', 'test/e2e/**', 'test/bench/**']

/**
 * Starting the system, a rollout, a kill and a restart: generous, because machines of continuous integration are
 * slow.
 */
const E2E_LIMIT_MS = 180_000

/** Modules that are the tests' own (support/platform), to everyone but themselves. */
const OWN: Readonly<Record<string, string>> = {
  'cloudflare:workers': join(import.meta.dirname, 'support/platform/cloudflare-workers.ts'),
  'fast-check': join(import.meta.dirname, 'support/platform/random.ts'),
}

/** SQL files are text modules, and the platform's own module is the tests'. */
const platform = {
  name: 'platform-in-node',
  enforce: 'pre' as const,
  resolveId: (id: string, importer: string | undefined) => (importer === OWN[id] ? undefined : OWN[id]),
  load: (id: string) =>
    id.endsWith('.sql') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined,
}

export default defineConfig({
  root,
  test: {
    root,
    projects: [
      {
        root,
        plugins: [platform],
        test: {
          name: 'plain',
          include: ['test/**/*.test.ts'],
          exclude: APART,
          setupFiles: ['test/support/platform/streams.ts'],
          testTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'workerd',
          include: ['test/workerd/**/*.test.ts'],
          exclude: ['test/workerd/inside/**'],
          testTimeout: 60_000,
        },
      },
      {
        root,
        plugins: [
          cloudflareTest({
            main: 'test/workerd/inside/store-object.ts',
            miniflare: {
              compatibilityDate: '2026-11-17',
              durableObjects: { STORE_OBJECTS: { className: 'StoreObject', useSQLite: true } },
              modulesRules: [{ type: 'Text', include: ['**/*.sql'] }],
            },
          }),
        ],
        test: { name: 'inside workerd', include: ['test/workerd/inside/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        root,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: E2E_LIMIT_MS,
          hookTimeout: E2E_LIMIT_MS,
          // After the others, so that what is measured is not their load.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

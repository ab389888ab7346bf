/** What `npm run deploy` would send: wrangler builds it without an account, with every binding and class that we name. */
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

it('builds for the edge, within the size, with all bindings', async () => {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, NO_COLOR: '1' }
  const wrangler = join(ROOT, 'node_modules/.bin/wrangler')
  const { stdout, stderr } = await promisify(execFile)(wrangler, ['deploy', '--dry-run'], { cwd: ROOT, env })
  expect(stderr).not.toMatch(/warning/i)
  const [, gzipKib = ''] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? []
  expect(Number(gzipKib)).toBeGreaterThan(0)
  expect(Number(gzipKib)).toBeLessThanOrEqual(3 * 1024)
  for (const name of ['NAMESPACE', 'SEQUENCER', 'SCHEDULER', 'CLOUD', 'POD']) {
    expect(stdout).toContain(`env.${name}_OBJECTS`)
  }
  for (const name of ['PODS', 'CONTROL_PLANE', 'LOADER', 'ASSETS', 'VERSION']) expect(stdout).toContain(`env.${name} `)
})

/**
 * Health: /livez, /readyz and /healthz with the verbose form and exclusions (k8s.io/apiserver pkg/server/healthz). A
 * check is a name and a function that says what is wrong.
 */
import { quote } from '../../apimachinery/field-path.ts'

export interface HealthCheck {
  readonly name: string
  /** The text of what is wrong; undefined: well. */
  check(): string | undefined
}

const PATHS = ['/healthz', '/livez', '/readyz'] as const

export function isHealthPath(path: string): boolean {
  return PATHS.some((root) => path === root || path.startsWith(`${root}/`))
}

/** The answer to a health path; undefined when no such check exists. */
export function answerHealth(url: URL, checks: readonly HealthCheck[]): Response | undefined {
  const [root = '', single] = url.pathname.slice(1).split('/')
  if (single !== undefined) {
    const check = checks.find(({ name }) => name === single)
    if (check === undefined) return undefined
    const wrong = check.check()
    return healthText(wrong === undefined ? 'ok' : `internal server error: ${wrong}\n`, wrong === undefined ? 200 : 500)
  }
  const excluded = new Set(url.searchParams.getAll('exclude'))
  const lines = checks.map(({ name, check }) => {
    if (excluded.has(name)) return { line: `[+]${name} excluded: ok`, isWell: true }
    const wrong = check()
    return wrong === undefined
      ? { line: `[+]${name} ok`, isWell: true }
      : { line: `[-]${name} failed: reason withheld`, isWell: false }
  })
  const isWell = lines.every((result) => result.isWell)
  const unknown = [...excluded].filter((name) => !checks.some((check) => check.name === name)).toSorted()
  const complaint = `warn: some health checks cannot be excluded: no matches for ${unknown.map(quote).join(', ')}\n`
  const report = lines.map(({ line }) => `${line}\n`).join('') + (unknown.length === 0 ? '' : complaint)
  if (!isWell) return healthText(`${report}${root} check failed\n`, 500)
  return healthText(url.searchParams.has('verbose') ? `${report}${root} check passed\n` : 'ok', 200)
}

export function healthText(body: string, status: number): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache, private',
    },
  })
}

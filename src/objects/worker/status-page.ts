/** The page at `/` until the dashboard comes: that the server is up, which version it is, and how to talk to it. */
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { escapeHtml } from '../../lib/html.ts'

const STYLE = `
  :root { color-scheme: light dark }
  :root { --ink: #1b2733; --soft: #5b6b7a; --page: #f7f8fa; --card: #fff; --line: #dde3ea; --accent: #2563eb }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6ecf2; --soft: #93a3b3; --page: #10161d; --card: #18212b; --line: #2a3642; --accent: #7aa8ff }
  }
  body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
  main { max-width: 40rem; margin: 12vh auto 0; padding: 0 1.25rem }
  section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem 1.75rem }
  h1 { margin: 0 0 .25rem; font-size: 1.5rem } p { margin: .25rem 0; color: var(--soft) }
  pre { margin: 1rem 0 0; padding: .9rem 1rem; border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; color: var(--ink) }
  .up::before { content: ""; display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: #22a06b; margin-right: .5rem }
  .more { margin-top: 1rem } a { color: var(--accent) }`

export function statusPage(env: Env): Response {
  const { API_ADDRESS, SERVICE_DOMAIN, SERVICE_HTTP_PORT } = variablesOf(env)
  const hosts = (service: string): string =>
    SERVICE_DOMAIN === ''
      ? `http://${service}.localhost:${String(SERVICE_HTTP_PORT)}/`
      : `https://${service}.${escapeHtml(SERVICE_DOMAIN)}/`
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Workernetes</title>
<style>${STYLE}</style>
<main><section>
  <h1>Workernetes</h1>
  <p class="up">The API answers at <code>${escapeHtml(API_ADDRESS)}</code></p>
  <p>Services answer at <code>${hosts('NAME.NAMESPACE')}</code></p>
  <pre>kubectl apply -f examples/hello.yaml
kubectl get pods --watch
curl ${hosts('hello.default')}</pre>
  <p class="more"><a href="/readyz?verbose">health</a> · <a href="/version">version</a></p>
</section></main>
</html>
`
  return new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } })
}

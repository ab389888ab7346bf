// The page, and the way to the API for what it asks.
import page from './page.html'

export default {
  async fetch(request, { API, POD }) {
    const { pathname } = new URL(request.url)
    if (pathname === '/') return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    if (pathname !== '/entries') return new Response('there is nothing here\n', { status: 404 })
    const answer = await fetch(new Request(`${API}/entries`, request))
    const response = new Response(answer.body, answer)
    response.headers.set('x-pod', POD)
    return response
  },
}

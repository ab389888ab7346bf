// Checks entries, writes them to the leader, reads them from a follower, the newest first.
const MAX_LENGTH = 280
const SHOWN = 50
const PATIENCE_MS = 10_000

// While one leader is replaced by the next there is none: 503 says so, and to come again.
async function patiently(ask) {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const response = await ask()
    if (response.status !== 503 || Date.now() > deadline) return response
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function entryFrom({ name, text }) {
  const isText = (value) => typeof value === 'string' && value.trim() !== '' && value.length <= MAX_LENGTH
  if (!isText(name) || !isText(text)) return undefined
  return { name: name.trim(), text: text.trim(), at: new Date().toISOString() }
}

export default {
  async fetch(request, { LEADER, FOLLOWER, POD }) {
    if (request.method === 'POST') {
      const entry = entryFrom(await request.json())
      if (entry === undefined) return new Response(`name and text: 1 to ${MAX_LENGTH} characters\n`, { status: 422 })
      const written = await patiently(() =>
        fetch(`${LEADER}/entries`, { method: 'POST', body: JSON.stringify(entry) }),
      )
      if (!written.ok) return written
    }
    const read = await fetch(`${FOLLOWER}/entries`)
    if (!read.ok) return read
    const entries = await read.json()
    return Response.json({
      entries: entries.slice(-SHOWN).reverse(),
      total: entries.length,
      pods: [POD, read.headers.get('x-pod')],
    })
  },
}

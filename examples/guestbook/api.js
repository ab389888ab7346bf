// Checks entries, writes them to the leader, reads them from a follower, the newest first.
const MAX_LENGTH = 280
const SHOWN = 50
const PATIENCE_MS = 10_000

const isText = (value) => typeof value === 'string' && value.trim() !== '' && value.length <= MAX_LENGTH

function entryFrom({ name, text }) {
  if (!isText(name) || !isText(text)) return undefined
  return { id: crypto.randomUUID(), name: name.trim(), text: text.trim(), at: new Date().toISOString() }
}

const read = ({ FOLLOWER }) => fetch(`${FOLLOWER}/entries`)

// An entry is safe once a follower shows it. Until then it is written again: the leader may be away for a moment, and
// its successor may not know the entry. Twice is once, because the leader knows entries by their ids.
async function write(entry, env) {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const written = await fetch(`${env.LEADER}/entries`, { method: 'POST', body: JSON.stringify(entry) })
    const shown = written.ok ? await read(env) : written
    const isSafe = shown.ok && (await shown.clone().json()).some(({ id }) => id === entry.id)
    if (isSafe || Date.now() > deadline) return shown
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

export default {
  async fetch(request, env) {
    const entry = request.method === 'POST' ? entryFrom(await request.json()) : undefined
    if (request.method === 'POST' && entry === undefined) {
      return new Response(`name and text: 1 to ${MAX_LENGTH} characters\n`, { status: 422 })
    }
    const answer = entry === undefined ? await read(env) : await write(entry, env)
    if (!answer.ok) return answer
    const entries = await answer.json()
    return Response.json({
      entries: entries.slice(-SHOWN).reverse(),
      total: entries.length,
      pods: [env.POD, answer.headers.get('x-pod')],
    })
  },
}

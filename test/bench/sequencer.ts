/** How many reservations a second one logical cluster's sequencer answers, over real hops between objects. */
import { Connections } from './load.ts'
import { startFloor } from './server.ts'

const STORES = 32
const CALLS = 1_000

export async function measureSequencer(): Promise<number> {
  const floor = await startFloor('sequencer.ts', [
    ['SEQUENCER_OBJECTS', 'SequencerObject'],
    ['NAMESPACE_OBJECTS', 'NamespaceObject'],
  ])
  try {
    const client = new Connections(floor, 1)
    const reserve = (run: number, calls: number) =>
      client.json<{ granted: number }>({
        method: 'GET',
        path: `/?run=${String(run)}&stores=${String(STORES)}&calls=${String(calls)}`,
      })
    await reserve(1, CALLS / 5)
    const startedMs = performance.now()
    const { granted } = await reserve(2, CALLS)
    const tookMs = performance.now() - startedMs
    await client.close()
    return (granted / tookMs) * 1000
  } finally {
    await floor.stop()
  }
}

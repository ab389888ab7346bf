/** Connections to names under localhost end at this machine, whether or not its resolver knows them. */
import { Agent } from 'undici'

export const onThisMachine = new Agent({
  connect: { lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]) },
})

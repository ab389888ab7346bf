/**
 * The entry of the Worker that runs pods' code, apart from the control plane: user code never shares an isolate with
 * it, and locally not even a process. Requests come from the control plane only, name the pod's object, and are
 * passed on to it.
 */
import { isSameSecret } from '../lib/crypto/secret.ts'
import type { PodEnv } from './pod-worker/pod-env.ts'
import { POD_HEADER, SECRET_HEADER } from './calls/hop-headers.ts'

export { PodObject } from './pod-object.ts'
export { PodLogSink, PodOutbound, PodTail } from './pod-worker/pod-entrypoints.ts'

export default {
  fetch(request: Request, env: PodEnv): Promise<Response> | Response {
    // The watchdog's question: answered as long as no isolate holds the thread.
    if (new URL(request.url).pathname === '/livez' && !request.headers.has(POD_HEADER)) return new Response('ok')
    const isInternal = isSameSecret(request.headers.get(SECRET_HEADER) ?? '', env.INTERNAL_SECRET ?? '')
    if (!isInternal) return new Response('unauthorized\n', { status: 401 })
    const pod = request.headers.get(POD_HEADER)
    if (pod === null) return new Response('no pod is named\n', { status: 400 })
    return env.POD_OBJECTS.getByName(pod).fetch(request)
  },
} satisfies ExportedHandler<PodEnv>

/**
 * Names that both sides of an isolate's wall agree on: the module in front of the user's own, its two bindings, and the
 * line by which it tells a watchdog that it was entered. The module itself is the platform's affair
 * (objects/pod-worker/main-source.ts).
 */
export const MAIN_MODULE = 'workernetes-main.js'
export const LOG_BINDING = 'workernetes:log'
/** Set (to the pod's uid) where a watchdog reads the process's output: which isolate was entered last. */
export const TRACE_BINDING = 'workernetes:trace'
/** What such a line begins with; the uid follows. */
export const TRACE_PREFIX = 'workernetes-enter '

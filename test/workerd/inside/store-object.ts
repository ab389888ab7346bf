/// <reference types="@cloudflare/vitest-plugin/types" />
/** A Durable Object with nothing but its database: where the store's suites run inside workerd. */
import { DurableObject } from 'cloudflare:workers'

export class StoreObject extends DurableObject {}

export default { fetch: () => new Response('a place for tests') }

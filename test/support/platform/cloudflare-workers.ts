/**
 * What `cloudflare:workers` gives the objects' code, for tests that run it in Node.js (vitest.config.ts puts this in its
 * place). The platform behind it is durable-platform.ts.
 */
export class DurableObject<Env> {
  protected readonly ctx: DurableObjectState
  protected readonly env: Env

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx
    this.env = env
  }
}

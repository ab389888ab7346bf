/**
 * What a namespace's object knows of its own namespace, durably: which Namespace (by uid) it serves and whether that
 * one is sealed. Decided here and never from a copy: a seal beats an activation of the same uid whatever the order in
 * which the two arrive, and another uid is served only once the former one is sealed and empty.
 */
import type { NamespacePhase } from '../../../apiserver/api-host.ts'

export interface NamespaceRecord {
  readonly uid: string
  readonly phase: 'active' | 'terminating'
  /** How often the store was wiped: every message to the sequencer carries it (docs/decisions/0003-sequencer-rules.md, rule 8). */
  readonly incarnation: number
}

/** The durable key-value part of the object's storage. */
export interface RecordStore {
  read(): NamespaceRecord | undefined
  write(record: NamespaceRecord): void
}

export class NamespaceState {
  readonly #records: RecordStore
  #record: NamespaceRecord | undefined

  constructor(records: RecordStore) {
    this.#records = records
    this.#record = records.read()
  }

  get phase(): NamespacePhase {
    return this.#record?.phase ?? 'absent'
  }

  get uid(): string | undefined {
    return this.#record?.uid
  }

  get incarnation(): number {
    return this.#record?.incarnation ?? 0
  }

  /** Whether what the store holds belonged to a former namespace of the same name. */
  isOfAnother(uid: string): boolean {
    return this.#record !== undefined && this.#record.uid !== uid
  }

  /** The cluster scope says that Namespace `uid` is live. A store of another one is wiped before: {@link restart}. */
  activate(uid: string): void {
    if (this.#record === undefined) this.#set({ uid, phase: 'active', incarnation: 0 })
  }

  /** The store was wiped for Namespace `uid`, in the same transaction. */
  restart(uid: string): void {
    this.#set({ uid, phase: 'active', incarnation: this.incarnation + 1 })
  }

  /** Namespace `uid` takes no creates from now on. */
  seal(uid: string): void {
    const record = this.#record
    if (record !== undefined && record.uid !== uid) return
    this.#set({ uid, phase: 'terminating', incarnation: record?.incarnation ?? 0 })
  }

  #set(record: NamespaceRecord): void {
    this.#records.write(record)
    this.#record = record
  }
}

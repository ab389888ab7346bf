/**
 * Tables: the printed form of objects that `kubectl get` asks for (metav1.Table). A column is a header and a pure
 * function from object to cell; upstream's columns are in kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go.
 */
import type { Int64 } from '../lib/exact-json.ts'
import type { KubeObject } from './meta.ts'

export interface ColumnDefinition {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  format: string
  description: string
  /** 0 is always shown; greater than 0 only with `-o wide`. */
  priority: number
}

export type Cell = string | Int64 | boolean | null

/** What holds of a whole row. */
export interface RowCondition {
  readonly type: 'Completed'
  readonly status: 'True'
  readonly reason: string
  readonly message: string
}

export interface Column<T extends KubeObject = KubeObject> extends ColumnDefinition {
  /** Rows have its cell, and no header stands over it. */
  readonly isWithoutHeader?: true
  /** `nowMs` is for ages. */
  cell(subject: T, nowMs: number): Cell
}

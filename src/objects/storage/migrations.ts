/**
 * THE list of the store's migrations, as text modules: what every object of this build knows. Append-only; the order is
 * that of the numbers. A test compares it with the folder.
 */
import type { Migration } from '../../store/migrate.ts'
import createLog from '../../../migrations/0001_create_log.sql'
import createReservations from '../../../migrations/0002_create_reservations.sql'
import createRegistrants from '../../../migrations/0003_create_registrants.sql'
import createOwners from '../../../migrations/0004_create_owners.sql'

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001_create_log', sql: createLog },
  { name: '0002_create_reservations', sql: createReservations },
  { name: '0003_create_registrants', sql: createRegistrants },
  { name: '0004_create_owners', sql: createOwners },
]

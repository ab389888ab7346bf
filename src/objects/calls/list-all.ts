/** Lists over all namespaces for actors of ours: asked of the sequencer's object, as a client of the API asks for them. */
import type { KindRef } from '../../apis/define-kind.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { ListOptions } from '../../client/client.ts'
import type { Env } from '../../env.ts'
import { clusterObjectName } from '../object-names.ts'
import { USER_HEADER, printUser } from './user-header.ts'

export async function listAllNamespaces(
  env: Env,
  cluster: string,
  user: UserInfo,
  { group, version, resource }: KindRef,
  { labelSelector, fieldSelector }: ListOptions,
): Promise<string> {
  const root = group === '' ? '/api' : `/apis/${group}`
  const url = new URL(`https://sequencer${root}/${version}/${resource}`)
  if (labelSelector !== undefined) url.searchParams.set('labelSelector', labelSelector)
  if (fieldSelector !== undefined) url.searchParams.set('fieldSelector', fieldSelector)
  const { SEQUENCER_OBJECTS: objects } = env
  const sequencer = objects.getByName(clusterObjectName(cluster))
  const response = await sequencer.fetch(url.href, { headers: { [USER_HEADER]: printUser(user) } })
  const text = await response.text()
  if (!response.ok) throw statusErrorFrom(JSON.parse(text) as Status)
  return text
}

/**
 * Who makes a request, on the hop from the Worker to the object that owns the data. The header is set by us and removed
 * from whatever comes from outside; equal texts become the same UserInfo, so that what is cached per user is found.
 */
import { SOURCE_HEADER } from '../../apiserver/operations/way.ts'
import { OWN_HEADER_PREFIX } from '../../apiserver/operations/own-headers.ts'
import { UPGRADE_HEADER } from '../../apiserver/subresources/connect/upgrades.ts'
import type { UserInfo } from '../../auth/user.ts'
import { SECRET_HEADER } from './hop-headers.ts'

export const USER_HEADER = `${OWN_HEADER_PREFIX}user`

/** Headers of ours that nobody outside may set. */
export const INTERNAL_HEADERS = [USER_HEADER, SOURCE_HEADER, SECRET_HEADER, UPGRADE_HEADER] as const

/** Users remembered per isolate; the oldest goes first. */
const MAX_USERS = 256

const printed = new WeakMap<UserInfo, string>()
const parsed = new Map<string, UserInfo>()

export function printUser(user: UserInfo): string {
  let text = printed.get(user)
  if (text === undefined) {
    // Header values are Latin-1: escape what is not.
    text = JSON.stringify(user).replaceAll(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    printed.set(user, text)
  }
  return text
}

export function parseUser(text: string): UserInfo {
  let user = parsed.get(text)
  if (user === undefined) {
    user = JSON.parse(text) as UserInfo
    if (parsed.size >= MAX_USERS) parsed.delete(parsed.keys().next().value ?? '')
    parsed.set(text, user)
  }
  return user
}

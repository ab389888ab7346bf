/** The budget that all watches of an isolate share. */
import { describe, expect, it } from 'vitest'
import { BacklogBudget } from '../../src/store/watch/backlog-budget.ts'

describe('BacklogBudget', () => {
  it('gives room to all while there is enough, and then to those below an equal share', () => {
    const budget = new BacklogBudget(100)
    const [greedy, modest] = [budget.open(), budget.open()]
    greedy.holds(90)
    modest.holds(10)
    expect([greedy.hasRoom(), modest.hasRoom()]).toEqual([true, true])
    modest.holds(11)
    expect([budget.usedBytes, greedy.hasRoom(), modest.hasRoom()]).toEqual([101, false, true])
    greedy.holds(50)
    modest.holds(51)
    expect([greedy.hasRoom(), modest.hasRoom()]).toEqual([true, false])
  })

  it('takes back what a closed one held, once', () => {
    const budget = new BacklogBudget(100)
    const [one, other] = [budget.open(), budget.open()]
    one.holds(70)
    other.holds(60)
    one.close()
    one.close()
    one.holds(500)
    expect([budget.usedBytes, other.hasRoom()]).toEqual([60, true])
  })
})

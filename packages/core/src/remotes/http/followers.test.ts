import { describe, expect, it } from 'vitest'
import { Heard } from '../../testing/remote-conformance/remote-suite.js'
import { Followers } from './followers.js'
import { unavailable } from './server-error.js'

const LOST = unavailable('gone')

function follow(followers: Followers, after: number): Heard {
  const heard = new Heard()
  followers.add(after, heard.listener)
  return heard
}

function told({ events }: Heard): string[] {
  return events.map(event => (event.kind === 'news' ? `news ${event.seq}` : event.kind))
}

describe('Followers', () => {
  it('tells each what it was not told before', async () => {
    const followers = new Followers()
    const [first, second] = [follow(followers, 0), follow(followers, 5)]
    expect(followers.after).toBe(0)
    followers.tellNews(5, [])
    followers.tellNews(5, [])
    followers.tellNews(6, [])
    const late = follow(followers, 2)
    await Promise.resolve()
    expect([first, second, late].map(told)).toEqual([['news 5', 'news 6'], ['news 6'], ['news 6']])
    expect(followers.after).toBe(6)
  })

  it('tells of a loss and of its end once, and follows a log that came back shorter', () => {
    const followers = new Followers()
    const heard = follow(followers, 0)
    followers.tellRestored(0)
    followers.tellNews(9, [])
    followers.tellLost(LOST)
    followers.tellLost(LOST)
    followers.tellRestored(4)
    expect(followers.after).toBe(4)
    followers.tellNews(5, [])
    expect(told(heard)).toEqual(['news 9', 'lost', 'restored', 'news 5'])
  })

  it('tells nothing to one who left while others were told', () => {
    const followers = new Followers()
    const heard = new Heard()
    let leave: (() => void) | undefined
    followers.add(0, () => leave?.())
    leave = followers.add(0, heard.listener)
    followers.tellNews(1, [])
    expect(told(heard)).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { checkNode } from './bootstrap.mjs'

describe('the version of Node', () => {
  test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('%s is new enough', version => {
    expect(() => checkNode(version)).not.toThrow()
  })

  test.each(['18.20.0', '20.18.9', '19.99.0'])('%s is refused, naming the one that is needed', version => {
    expect(() => checkNode(version)).toThrow(`needs Node 20.19 or newer, this is ${version}`)
  })
})

import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientAddress } from './client-address.js'

function request(forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return { headers, socket: { remoteAddress: '10.9.9.9' } } as unknown as IncomingMessage
}

describe('the address of a client', () => {
  it('is that of the connection where no proxy is trusted, whatever the headers say', () => {
    expect(clientAddress(request('1.1.1.1'), 0)).toBe('10.9.9.9')
  })

  it('is what the outermost trusted proxy wrote: what a client writes itself stands further left', () => {
    expect(clientAddress(request('6.6.6.6, 1.1.1.1'), 1)).toBe('1.1.1.1')
    expect(clientAddress(request('6.6.6.6, 1.1.1.1, 10.0.0.1'), 2)).toBe('1.1.1.1')
  })

  it('is that of the connection where the proxy wrote nothing', () => {
    expect(clientAddress(request(), 1)).toBe('10.9.9.9')
  })
})

import { Socket } from 'node:net'

/**
 * Counts from now on what goes over all connections that this process makes, in both directions, with what TCP
 * carries and without its own headers. Returns what tells the sum.
 */
export function countWireBytes() {
  /** @type {Set<Socket>} */
  const sockets = new Set()
  const { connect } = Socket.prototype
  /**
   * @this {Socket}
   * @param {any[]} args
   */
  Socket.prototype.connect = function (...args) {
    sockets.add(this)
    return Reflect.apply(connect, this, args)
  }
  return () => [...sockets].reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0)
}

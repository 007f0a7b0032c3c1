// A client's wire over a real socket. Control frames of the WebSocket library and our buffers go to the same socket, each
// in whole frames.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Wire } from './client.ts'

export const socketWire = (webSocket: WebSocket, socket: Duplex): Wire => ({
  get open() {
    return webSocket.readyState === webSocket.OPEN && !socket.destroyed
  },
  get pendingBytes() {
    return socket.writableLength
  },
  write: (bytes, sent) => {
    socket.write(bytes, sent)
  },
  onDrain: (listener) => socket.on('drain', listener),
  offDrain: (listener) => socket.off('drain', listener),
  ping: (body) => webSocket.ping(body),
  close: (code, reason) => webSocket.close(code, reason),
  cut: () => webSocket.terminate(),
})

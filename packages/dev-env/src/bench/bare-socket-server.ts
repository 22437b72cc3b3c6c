import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

/*
 * The reference of the socket benchmark: socket.io that lets everybody in and sends what it is handed to
 * one room. Run as a process of its own, like the gateway beside it.
 */

const server = createServer();
const io = new Server(server, { serveClient: false });
io.on('connection', (socket) => {
  socket.on('join-session', () => {
    void socket.join('room');
    socket.emit('session-joined', {});
  });
});
process.on('message', (messages: [name: string, payload: unknown][]) => {
  for (const [name, payload] of messages) io.to('room').emit(name, payload);
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

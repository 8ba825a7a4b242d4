import { WebSocketServer } from 'ws';

// The floor: what a WebSocket server in Node costs that does nothing but answer. Started as its own process.
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  /** @param {Buffer} data */
  const answer = (data) => {
    const { id } = JSON.parse(data.toString());
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, result: 'pong' }));
  };
  socket.on('message', answer);
});
server.on('listening', () => console.log(`port ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

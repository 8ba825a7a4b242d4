import { WebSocketServer } from 'ws';

// The floor: what a WebSocket server in Node costs that does nothing but answer. Started as its own process. It answers
// "pong", or BARE_RESULT; the method `broadcast` sends its params' text to every socket.
const result = process.env.BARE_RESULT ?? '"pong"';
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  /** @param {Buffer} data */
  const answer = (data) => {
    const { id, method, params } = JSON.parse(data.toString());
    socket.send(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`);
    if (method === 'broadcast') for (const client of server.clients) client.send(params.text);
  };
  socket.on('message', answer);
});
server.on('listening', () => console.log(`port ${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

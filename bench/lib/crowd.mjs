import { WebSocket } from 'ws';

const openAtOnce = 50;

/** So many open sockets; `{sockets, [Symbol.asyncDispose]}`. */
export async function openCrowd(url, { headers = {}, count }) {
  const sockets = [];
  while (sockets.length < count) {
    const next = Math.min(openAtOnce, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: next }, () => openSocket(url, headers)))));
  }
  return {
    sockets,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.terminate();
      return Promise.resolve();
    },
  };
}

export async function openSocket(url, headers = {}) {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** One call and its reply; rejects where the reply is an error or the socket closes. */
export function call(socket, method, params) {
  const id = Math.random().toString(36).slice(2);
  return new Promise((resolve, reject) => {
    /** @param {Buffer} data */
    const take = (data) => {
      const message = JSON.parse(data.toString());
      if (message.id !== id) return;
      stop();
      if (message.error) reject(new Error(message.error.message));
      else resolve(message.result);
    };
    const fail = (code) => {
      stop();
      reject(new Error(`the server closed the connection: ${code}`));
    };
    const stop = () => {
      socket.off('message', take);
      socket.off('close', fail);
    };
    socket.on('message', take);
    socket.once('close', fail);
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
  });
}

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { AppError } from '../errors.ts';

export interface PortChoice {
  host: string;
  /** What the configuration asks for; taken or an error. */
  wanted: number | undefined;
  /** What is tried first where nothing is asked for; when taken, the next free one. */
  usual: number;
  /** The configuration's key, for the error. */
  option: string;
}

export function chooseTcpPort(choice: PortChoice): Promise<number> {
  return choosePort(choice, canListenTcp);
}

export function chooseUdpPort(choice: PortChoice): Promise<number> {
  return choosePort(choice, canListenUdp);
}

type Probe = (host: string, port: number) => Promise<number | undefined>;

async function choosePort({ host, wanted, usual, option }: PortChoice, probe: Probe): Promise<number> {
  if (wanted !== undefined) {
    const port = await probe(host, wanted);
    if (port !== undefined) return port;
    throw new AppError('dependency_failed', {
      reason: 'port_taken',
      dependency: 'network',
      detail: `port ${wanted} on ${host}`,
      details: `port ${wanted} on ${host} is taken`,
      suggestion: `End the program that holds it, or set ${option} to another port.`,
    });
  }
  for (let port = usual; port < usual + 50; port++) {
    if ((await probe(host, port)) !== undefined) return port;
  }
  return (await probe(host, 0))!;
}

/** The port (its number where 0 was asked for), or undefined where it is taken. */
function canListenTcp(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      const { port: given } = server.address() as { port: number };
      server.close(() => resolve(given));
    });
  });
}

function canListenUdp(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close();
      resolve(undefined);
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      const { port: given } = socket.address();
      socket.close(() => resolve(given));
    });
  });
}

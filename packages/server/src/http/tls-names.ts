import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { isEveryInterface } from '../config/listen-host.ts';

/** What this machine is called, and at which addresses it is. */
export interface OwnNames {
  hosts: string[];
  addresses: string[];
  /** Of these, the ones that other machines use and that stay; a certificate that lacks one is told. */
  lasting: string[];
}

// Networks of containers and virtual machines come and go, and nobody else reaches them.
const innerNetwork = /^(?:docker|virbr|veth|br-[0-9a-f]{12}$)/;

export function readOwnNames(): OwnNames {
  const own = hostname().toLowerCase();
  const hosts = new Set(['localhost', own, `${own}.local`].filter((name) => /^[a-z0-9.-]+$/.test(name)));
  const found = Object.entries(networkInterfaces()).flatMap(([network, list = []]) =>
    list.map(({ address }) => ({ network, address })),
  );
  // Link-local IPv6 addresses need a zone, which no certificate can hold.
  const usable = found.filter(({ address }) => !/^fe80:/i.test(address));
  // Most IPv6 addresses of a machine last a day, and nobody types them.
  const lasting = usable.filter(({ network, address }) => isIP(address) === 4 && !innerNetwork.test(network));
  return {
    hosts: [...hosts],
    addresses: [...new Set(['127.0.0.1', '::1', ...usable.map(({ address }) => address)])],
    lasting: [...hosts, ...lasting.map(({ address }) => address)],
  };
}

/** With the one address that the service listens on, where it is none of every interface. */
export function withListenHost(names: OwnNames, host: string): OwnNames {
  if (isEveryInterface(host)) return names;
  const key = isIP(host) === 0 ? 'hosts' : 'addresses';
  return { ...names, [key]: [...new Set([...names[key], host.toLowerCase()])] };
}

/** Names and addresses that others may use for a service at `host` (`server.host`) and that a certificate lacks. */
export function namesMissing(cert: string, host: string, { lasting }: OwnNames): string[] {
  const certificate = new X509Certificate(cert);
  const isNamed = (name: string): boolean =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return (isEveryInterface(host) ? lasting : [host]).filter((name) => !isNamed(name));
}

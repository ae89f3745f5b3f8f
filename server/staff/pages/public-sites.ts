// How a production reaches the regroupements' sites: by the machine's own resolver, at public addresses only.
import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { isPublic } from '../../addresses.ts';
import type { Sites } from '../../deps.ts';

export const publicSites: Sites = {
  resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  allows: isPublic,
  connect: (address, port) => connect({ host: address, port }),
};

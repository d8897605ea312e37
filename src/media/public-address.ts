import ipaddr from "ipaddr.js";

/** All that is given out for the public internet (IANA's registry of IPv6 global unicast addresses). */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/**
 * Whether an IP address belongs to the public internet: not to this machine, a private network, a cloud's metadata
 * service (link-local), a multicast group or a reserved block. An IPv4 address in IPv6's clothes (`::ffff:10.0.0.1`)
 * counts as what it is; those behind translators and tunnels (NAT64, 6to4, Teredo) are not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

/**
 * The part of an address that says which network it is in: a /24 of IPv4, a /48 of IPv6.
 * `undefined` for what is no address.
 */
export function addressPrefix(address: string): string | undefined {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(mapped ?? address)?.[1];
  if (v4 !== undefined) return `${v4}.0/24`;
  const groups = expandIpv6(address);
  return groups === undefined ? undefined : `${groups.slice(0, 3).join(":")}::/48`;
}

function expandIpv6(address: string): string[] | undefined {
  if (!/^[0-9a-f:]{2,39}$/i.test(address)) return undefined;
  const [head = "", tail, ...rest] = address.toLowerCase().split("::");
  if (rest.length > 0) return undefined;
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<string>(missing).fill("0"), ...right];
  const isGroup = (group: string) => /^[0-9a-f]{1,4}$/.test(group);
  return groups.every(isGroup) ? groups.map(withoutLeadingZeros) : undefined;
}

function withoutLeadingZeros(group: string): string {
  return group.replace(/^0+(?=.)/, "");
}

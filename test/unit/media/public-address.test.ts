import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../src/media/public-address.ts";

describe("isPublicAddress", () => {
  it.each(["8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"])(
    "takes %s",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ["this machine", ["127.0.0.1", "127.255.0.3", "0.0.0.0", "::1", "::", "::127.0.0.1"]],
    [
      "private networks",
      ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1"],
    ],
    [
      "local links and what clouds tell there",
      ["169.254.169.254", "fe80::1", "fe80::1%eth0", "fd00:ec2::254"],
    ],
    ["IPv4 in IPv6's clothes", ["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:10.0.0.1"]],
    ["translators and tunnels", ["64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:0808:0808::", "2001::1"]],
    ["groups and everybody", ["224.0.0.1", "255.255.255.255", "ff02::1"]],
    [
      "what is reserved",
      ["192.0.2.1", "198.18.0.1", "240.0.0.1", "2001:db8::1", "100::1", "4000::1", "fec0::1"],
    ],
    ["what is no address", ["", "localhost", "example.com", "1.2.3.4.5", "[::1]"]],
  ])("refuses %s", (_, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

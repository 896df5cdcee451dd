import assert from "node:assert/strict";
import {
  demoPackages,
  HOST_PACKAGES,
  isDebianLike,
  leftOutLines,
  missingPackages,
} from "../../scripts/host_packages.ts";

Deno.test("a package is missing when its program or its library is", () => {
  const missing = missingPackages(HOST_PACKAGES, {
    hasProgram: (name) => name !== "nft",
    hasLibrary: () => false,
  });
  assert.deepEqual(missing.map(({ names }) => names.at(-1)), [
    "nftables",
    "libpcap0.8",
    "libnetfilter-queue1",
  ]);
});

Deno.test("no package is missing where every program and library is there", () => {
  const probe = { hasProgram: () => true, hasLibrary: () => true };
  assert.deepEqual(missingPackages(HOST_PACKAGES, probe), []);
  assert.deepEqual(leftOutLines([], true, true), []);
});

Deno.test("Debian and its derivatives are recognised by os-release", () => {
  assert.ok(isDebianLike('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'));
  assert.ok(isDebianLike('ID=linuxmint\nID_LIKE="ubuntu debian"\n'));
  assert.ok(!isDebianLike("ID=fedora\n"));
  assert.ok(!isDebianLike(""));
});

Deno.test("tests that are left out are named with the reason", () => {
  const [ipset] = HOST_PACKAGES.filter(({ program }) => program === "ipset");
  assert.ok(ipset !== undefined);
  assert.deepEqual(leftOutLines([ipset], true, false), [
    "left out: command cycles with ipset: ipset is missing (package ipset)",
    "left out: network namespaces, firewalls and capture: they need root",
  ]);
  assert.deepEqual(leftOutLines([], false, false), [
    "left out: network namespaces, firewalls and capture: this is not Linux",
  ]);
});

Deno.test("the demonstration uses the firewall that is there, and otherwise asks for the smaller one", () => {
  const names = (...programs: readonly string[]): unknown[] =>
    demoPackages({ hasProgram: (name) => programs.includes(name), hasLibrary: () => false })
      .map(({ names }) => names.at(-1));
  assert.deepEqual(names("iptables-restore"), ["iproute2", "iptables", "libpcap0.8"]);
  assert.deepEqual(names("nft"), ["iproute2", "nftables", "libpcap0.8"]);
  assert.deepEqual(names(), ["iproute2", "nftables", "libpcap0.8"]);
});

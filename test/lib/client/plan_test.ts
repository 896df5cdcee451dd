import { assertEquals } from "../../assert.ts";
import { gatherKeys } from "../../../lib/client/keys.ts";
import { Problem } from "../../../lib/client/problem.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import {
  admitsAnySource,
  type PlannedRequest,
  type Route,
  type SigningPassphrase,
} from "../../../lib/client/plan.ts";
import { textBytes } from "../../../lib/crypto/bytes.ts";
import { knockPlan } from "../../support/knock_plan.ts";

const WRITTEN = {
  kind: "bytes",
  bytes: textBytes("secret words"),
  variable: "GPG_SIGNING_PW",
  written: "secret words",
} as const;
const SIGNED = { useGpg: true, gpgRecipient: "server", gpgSigner: "me" };

/** Where the passphrase of the signing key comes from. */
function signingPassphrase(settings: SettingsLevel): SigningPassphrase | undefined {
  const { sealing } = knockPlan(settings);
  return sealing.kind === "gpg" ? sealing.passphrase : undefined;
}

/** The passphrase, and the prompts before it. */
async function gather(settings: SettingsLevel): Promise<[passphrase: string, asked: string[]]> {
  const asked: string[] = [];
  const keys = await gatherKeys(knockPlan(settings).keys, {
    prompt: (text) => {
      asked.push(text);
      return Promise.resolve({ kind: "line", line: textBytes("typed") });
    },
    readLine: () => Promise.resolve(undefined),
    readCommandLine: () => Promise.resolve(undefined),
  });
  if (keys instanceof Problem) return [keys.text, asked];
  return [new TextDecoder().decode(keys.encryptionKey), asked];
}

Deno.test("a passphrase in the settings wins over the agent, and both win over the prompt", () => {
  assertEquals(
    signingPassphrase({ ...SIGNED, gpgAgent: true, key: WRITTEN }),
    "key",
  );
  assertEquals(signingPassphrase({ ...SIGNED, gpgAgent: true }), "agent");
  assertEquals(signingPassphrase({ ...SIGNED, gpgNoPassphrase: true }), "none");
  assertEquals(signingPassphrase(SIGNED), "key");
});

Deno.test("the client asks for no passphrase when nothing is signed or the agent has it", async () => {
  assertEquals(await gather({ useGpg: true, gpgRecipient: "server" }), ["", []]);
  assertEquals(await gather({ ...SIGNED, gpgAgent: true }), ["", []]);
  assertEquals(await gather({ ...SIGNED, gpgNoPassphrase: true }), ["", []]);
  assertEquals(await gather({ ...SIGNED, key: WRITTEN }), ["secret words", []]);
  assertEquals(await gather(SIGNED), ["typed", ["Enter passphrase for signing: "]]);
});

Deno.test("a passphrase may be longer than a key of the symmetric cipher, up to 128 bytes", async () => {
  const key = (length: number): SettingsLevel => ({
    ...SIGNED,
    key: { ...WRITTEN, bytes: new Uint8Array(length).fill(65) },
  });
  assertEquals((await gather(key(128)))[0].length, 128);
  assertEquals(
    (await gather(key(129)))[0],
    "the passphrase has 129 bytes; up to 128 are allowed",
  );
});

Deno.test("the C command line reports why the client does not ask for a passphrase", () => {
  const note = (settings: SettingsLevel): string | undefined => {
    const { sealing } = knockPlan({ ...SIGNED, ...settings });
    return sealing.kind === "gpg" ? sealing.passphraseNote : undefined;
  };
  assertEquals(note({ gpgAgent: true }), "acquired via gpg-agent");
  assertEquals(note({ gpgNoPassphrase: true }), "not required");
  assertEquals(note({ gpgAgent: true, key: WRITTEN }), undefined);
  assertEquals(note({}), undefined);
});

Deno.test("the plan admits a named address, or 0.0.0.0 for the source, and only -R asks a service", () => {
  const admission = (settings: SettingsLevel) => knockPlan(settings).admission;
  const address = (text: string) => ({ kind: "address", text } as const);
  assertEquals(admission({ allow: address("192.0.2.7") }), address("192.0.2.7"));
  assertEquals(admission({ allow: { kind: "source" } }), address("0.0.0.0"));
  assertEquals(admission({}), address(""));
  assertEquals(admission({ resolve: true }).kind, "look up");
  // A command request needs no address, so no third party is asked.
  assertEquals(admission({ resolve: true, command: "id" }), address(""));
  for (const text of ["0.0.0.0", "::", "::0"]) assertEquals(admitsAnySource(address(text)), true);
  for (const text of ["192.0.2.7", "", "x"]) assertEquals(admitsAnySource(address(text)), false);
  assertEquals(admitsAnySource(admission({ resolve: true })), false);
});

Deno.test("ports are drawn where the settings say so, and for raw packets", () => {
  const ports = (settings: SettingsLevel): readonly (Route["port"] | undefined)[] => {
    const { port, sourcePort } = knockPlan(settings).route;
    return [port, sourcePort];
  };
  assertEquals(ports({}), [62201, undefined]);
  assertEquals(ports({ randomPort: true, serverPort: 53 }), ["random", undefined]);
  assertEquals(ports({ transport: "udpraw" }), [62201, "random"]);
  assertEquals(ports({ transport: "icmp", sourcePort: 0 }), [62201, 0]);
  const outside = (settings: SettingsLevel): PlannedRequest["outsidePort"] =>
    knockPlan(settings).request.outsidePort;
  assertEquals(outside({}), 0);
  assertEquals(outside({ natPort: 5001 }), 5001);
  assertEquals(outside({ natPort: 5001, natRandomPort: true }), "random");
});

Deno.test("raw packets and -4 use only IPv4, and -6 uses only IPv6", () => {
  const family = (settings: SettingsLevel) => knockPlan(settings).route.family;
  assertEquals(family({}), undefined);
  assertEquals(family({ ipv4Only: true, ipv6Only: false }), 4);
  assertEquals(family({ ipv4Only: false, ipv6Only: true }), 6);
  assertEquals(family({ transport: "tcpraw", ipv6Only: true }), 4);
});

Deno.test("a key that the settings do not hold comes from a descriptor, a program, or the terminal", () => {
  const keys = (settings: SettingsLevel) => {
    const { key, hmac } = knockPlan({ useHmac: true, ...settings }).keys;
    return [key.kind, hmac?.key.kind];
  };
  assertEquals(keys({}), ["terminal", "terminal"]);
  assertEquals(keys({ keyCommand: "pass" }), ["command", "command"]);
  assertEquals(keys({ keyCommand: "pass", keyDescriptor: 3 }), ["descriptor", "descriptor"]);
  assertEquals(keys({ key: WRITTEN, keyDescriptor: 3 }), ["bytes", "descriptor"]);
  assertEquals(keys({ hmacKey: WRITTEN, useHmac: false }), ["terminal", undefined]);
});

Deno.test("the default interval of --repeat allows the loss of two packets in a row", () => {
  assertEquals(knockPlan({ timeout: 100 }).repeat, 0);
  assertEquals(knockPlan({ repeat: 0 }).repeat, 12);
  assertEquals(knockPlan({ timeout: 0, repeat: 0 }).repeat, 12);
  assertEquals(knockPlan({ timeout: 100, repeat: 0 }).repeat, 40);
  assertEquals(knockPlan({ timeout: 1, repeat: 0 }).repeat, 1);
  assertEquals(knockPlan({ timeout: 100, repeat: 7 }).repeat, 7);
});

import { repeatInterval, settledSettings } from "../../../lib/client/repeat.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("two packets in a row may get lost before a grant ends", () => {
  assertEquals(repeatInterval({}), 12);
  assertEquals(repeatInterval({ timeout: 0 }), 12);
  assertEquals(repeatInterval({ timeout: 100, repeat: 0 }), 40);
  assertEquals(repeatInterval({ timeout: 1 }), 1);
  assertEquals(repeatInterval({ timeout: 100, repeat: 7 }), 7);
});

Deno.test("later knocks ask for nothing and open what the first has opened", () => {
  const key = new Uint8Array([1]);
  const hmac = { key: new Uint8Array([2]), type: "sha256" } as const;
  const request = {
    type: 2,
    message: "192.0.2.7,tcp/40001",
    natAccess: "10.0.0.1,22",
    randomNatPort: 40001,
  } as const;
  const settings = {
    resolve: true,
    natRandomPort: true,
    natAccess: "10.0.0.1",
    access: "tcp/22",
    useHmac: true,
  };
  assertEquals(
    settledSettings(settings, request, { encryptionKey: key, hmac, cutToLegacy: false }),
    {
      natAccess: "10.0.0.1",
      access: "tcp/22",
      useHmac: true,
      allow: { kind: "address", text: "192.0.2.7" },
      natPort: 40001,
      key: { kind: "bytes", bytes: key, variable: "KEY", written: "" },
      hmacKey: { kind: "bytes", bytes: hmac.key, variable: "HMAC_KEY", written: "" },
    },
  );
});

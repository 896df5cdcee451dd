import fc from "property-testing";
import { addressFromBytes } from "../../../lib/net/address.ts";
import {
  clearUrls,
  readAnswer,
  resolveAddress,
  serviceUrls,
} from "../../../lib/client/resolve_address.ts";
import type { AddressService } from "../../../lib/client/plan.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { assert, assertEquals } from "../../assert.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import { knockPlan } from "../../support/knock_plan.ts";

/** Runs the body while an HTTP service answers by path. */
async function withService(
  answers: Readonly<Record<string, string | number>>,
  body: (base: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const answer = answers[new URL(request.url).pathname] ?? 404;
    return typeof answer === "number"
      ? new Response("sorry", { status: answer })
      : new Response(answer);
  });
  try {
    await body(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** The service that these settings name. */
function service(settings: SettingsLevel): AddressService {
  const { admission } = knockPlan({ resolve: true, ...settings });
  assert(admission.kind === "look up");
  return admission.service;
}

/** The address of an answer, or `undefined` if the client refuses the answer. */
function addressOf(answer: string): string | undefined {
  const read = readAnswer(answer);
  return typeof read === "string" ? undefined : read.text;
}

Deno.test("an answer holds an address and nothing else but white space", () => {
  assertEquals(addressOf("192.0.2.7\r\n"), "192.0.2.7");
  assertEquals(addressOf(" 2001:db8::7\n"), "2001:db8::7");
  for (
    const text of ["", "<html>", "192.0.2.7 text", "300.1.1.1", "5.6.7", "05.6.7.8", "1.2.3.4.5"]
  ) {
    assertEquals(addressOf(text), undefined, text);
  }
});

Deno.test("an answer that no client can have as an address is refused, and the reason names its kind", () => {
  const table: Readonly<Record<string, string>> = {
    "0.0.0.0": "an unspecified address",
    "::": "an unspecified address",
    "::ffff:0.0.0.0": "an unspecified address",
    "0.1.2.3": "an unspecified address",
    "127.0.0.1": "a loopback address",
    "::1": "a loopback address",
    "::ffff:127.1.2.3": "a loopback address",
    "224.0.0.1": "a multicast address",
    "ff02::1": "a multicast address",
    "255.255.255.255": "a broadcast address",
    "::ffff:255.255.255.255": "a broadcast address",
    "240.0.0.1": "a reserved address",
    "::192.0.2.1": "a reserved address",
  };
  for (const [text, kind] of Object.entries(table)) {
    const read = readAnswer(text);
    assert(typeof read === "string" && read.includes(kind), `${text}: ${JSON.stringify(read)}`);
  }
  // An address service in a private network answers private addresses.
  for (
    const text of ["10.1.2.3", "192.168.0.9", "fd00::9", "fe80::9", "169.254.3.4", "223.1.1.1"]
  ) {
    assertEquals(addressOf(text), text);
  }
});

Deno.test("no answer of a service admits the packet's own source", () => {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((it) => addressFromBytes(it).text);
  const mapped = bytes(4).map((text) => `::ffff:${text}`);
  const near = fc.constantFrom(
    "0.0.0.0",
    "::",
    "::0",
    "0::",
    "0:0:0:0:0:0:0:0",
    "::ffff:0:0",
    "::0.0.0.0",
  );
  const space = fc.constantFrom("", " ", "\n", "\r\n", "\t", "\u2028", "\ufeff");
  fc.assert(
    fc.property(
      space,
      fc.oneof(bytes(4), bytes(16), mapped, near, fc.string()),
      space,
      (a, b, c) => {
        const read = readAnswer(`${a}${b}${c}`);
        if (typeof read === "string") return read.length > 0;
        const [first = 0, second = 0] = read.bytes;
        return read.family === 4 ? first !== 0 && first !== 127 && first < 224 : first !== 0xff &&
          (first !== 0 || second !== 0 || read.bytes.slice(2, 12).some((it) => it !== 0));
      },
    ),
  );
});

Deno.test("the client asks the service over HTTP", async () => {
  await withService({ "/ip": "192.0.2.7\r\n" }, async (base) => {
    const resolved = await resolveAddress(
      service({ resolveUrl: `${base}/ip`, resolveHttpOnly: true }),
    );
    assert(!(resolved instanceof Problem));
    assertEquals([resolved.address.text, resolved.via], ["192.0.2.7", `${base}/ip`]);
  });
});

Deno.test("of several services, the first one that answers counts", async () => {
  await withService({ "/bad": "<html>", "/ip": "192.0.2.7" }, async (base) => {
    const resolveUrl = `${base}/none,${base}/bad,${base}/ip`;
    const resolved = await resolveAddress(service({ resolveUrl }));
    assert(!(resolved instanceof Problem));
    const failed = await resolveAddress(service({ resolveUrl: `${base}/none,${base}/bad` }));
    assert(failed instanceof Problem);
    assert(failed.text.includes("it answered 404") && failed.text.includes("<html>"), failed.text);
  });
});

Deno.test("answers that contradict each other are refused, unless they are of different families", async () => {
  await withService({ "/a": "192.0.2.7", "/b": "192.0.2.8", "/c": "2001:db8::7" }, async (base) => {
    const resolved = await resolveAddress(service({ resolveUrl: `${base}/c,${base}/a` }));
    assert(!(resolved instanceof Problem));
    assertEquals(resolved.address.text, "2001:db8::7");
    const failed = await resolveAddress(service({ resolveUrl: `${base}/a,${base}/c,${base}/b` }));
    assert(failed instanceof Problem);
    assertEquals(
      failed.text,
      `the services disagree: 192.0.2.7 by ${base}/a, 192.0.2.8 by ${base}/b`,
    );
  });
});

Deno.test("HTTPS is the default, and --resolve-http-only refuses an https address", () => {
  const [url] = serviceUrls(service({})) as URL[];
  assertEquals(url?.href, "https://www.cipherdyne.org/cgi-bin/myip");
  const [plain] = serviceUrls(service({ resolveHttpOnly: true, resolveUrl: "host/ip" })) as URL[];
  assertEquals(plain?.href, "http://host/ip");
  assert(
    serviceUrls(service({ resolveHttpOnly: true, resolveUrl: "https://host" })) instanceof
      Problem,
  );
  assert(serviceUrls(service({ resolveUrl: "ftp://host" })) instanceof Problem);
});

Deno.test("the user's wget runs without a shell, and its first line is the answer", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '#!/bin/sh\necho "192.0.2.9"\necho "$@" >&2\n');
    await Deno.chmod(path, 0o700);
    const resolved = await resolveAddress(
      service({ wgetCommand: `${path} --x`, resolveUrl: "https://h/" }),
    );
    assert(!(resolved instanceof Problem));
    assertEquals(
      resolved.via,
      `'${path} --x -U Fwknop/2.6.10 --secure-protocol=auto --quiet -O - https://h'`,
    );
    assert(
      await resolveAddress(service({ wgetCommand: "/nowhere/wget" })) instanceof Problem,
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("the answer of the user's wget is checked like the answer of a service", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "#!/bin/sh\necho 0.0.0.0\n");
    await Deno.chmod(path, 0o700);
    const resolved = await resolveAddress(service({ wgetCommand: path }));
    assert(resolved instanceof Problem);
    assert(resolved.text.includes("an unspecified address"), resolved.text);
    assert(
      resolved.facts.reference?.includes("\n    it answered 0.0.0.0"),
      resolved.facts.reference,
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a service is asked without encryption only with --resolve-http-only, or with a warning", () => {
  const urls = (level: SettingsLevel) => clearUrls(service(level)).map(({ href }) => href);
  assertEquals(urls({}), []);
  assertEquals(urls({ resolveUrl: "host/ip,https://other/" }), []);
  assertEquals(urls({ resolveUrl: "https://a/,http://b/ip" }), ["http://b/ip"]);
  assertEquals(urls({ resolveUrl: "http://b/ip", resolveHttpOnly: true }), []);
});

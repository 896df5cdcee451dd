import { parseAnswer, resolveAddress, serviceUrls } from "../../../lib/client/resolve_address.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { assert, assertEquals } from "../../assert.ts";

/** Runs a body beside an HTTP service that answers by path. */
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

Deno.test("an answer is an address and nothing else but white space", () => {
  assertEquals(parseAnswer("192.0.2.7\r\n")?.text, "192.0.2.7");
  assertEquals(parseAnswer(" 2001:db8::7\n")?.text, "2001:db8::7");
  for (
    const text of ["", "<html>", "192.0.2.7 text", "300.1.1.1", "5.6.7", "05.6.7.8", "1.2.3.4.5"]
  ) {
    assertEquals(parseAnswer(text), undefined, text);
  }
});

Deno.test("the service is asked over HTTP", async () => {
  await withService({ "/ip": "192.0.2.7\r\n" }, async (base) => {
    const resolved = await resolveAddress({ resolveUrl: `${base}/ip`, resolveHttpOnly: true });
    assert(!(resolved instanceof Problem));
    assertEquals([resolved.address.text, resolved.via], ["192.0.2.7", `${base}/ip`]);
  });
});

Deno.test("of several services the first that answers counts", async () => {
  await withService({ "/bad": "<html>", "/ip": "192.0.2.7" }, async (base) => {
    const resolveUrl = `${base}/none,${base}/bad,${base}/ip`;
    const resolved = await resolveAddress({ resolveUrl });
    assert(!(resolved instanceof Problem));
    const failed = await resolveAddress({ resolveUrl: `${base}/none,${base}/bad` });
    assert(failed instanceof Problem);
    assert(failed.text.includes("it answered 404") && failed.text.includes("<html>"), failed.text);
  });
});

Deno.test("services that contradict each other are not believed, unless about another family", async () => {
  await withService({ "/a": "192.0.2.7", "/b": "192.0.2.8", "/c": "2001:db8::7" }, async (base) => {
    const resolved = await resolveAddress({ resolveUrl: `${base}/c,${base}/a` });
    assert(!(resolved instanceof Problem));
    assertEquals(resolved.address.text, "2001:db8::7");
    const failed = await resolveAddress({ resolveUrl: `${base}/a,${base}/c,${base}/b` });
    assert(failed instanceof Problem);
    assertEquals(
      failed.text,
      `the services disagree: 192.0.2.7 by ${base}/a, 192.0.2.8 by ${base}/b`,
    );
  });
});

Deno.test("HTTPS is the default, and plain HTTP must not meet an https address", () => {
  const [url] = serviceUrls({}) as URL[];
  assertEquals(url?.href, "https://www.cipherdyne.org/cgi-bin/myip");
  const [plain] = serviceUrls({ resolveHttpOnly: true, resolveUrl: "host/ip" }) as URL[];
  assertEquals(plain?.href, "http://host/ip");
  assert(serviceUrls({ resolveHttpOnly: true, resolveUrl: "https://host" }) instanceof Problem);
  assert(serviceUrls({ resolveUrl: "ftp://host" }) instanceof Problem);
});

Deno.test("a wget of the user's own is run without a shell, its first line is the answer", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, '#!/bin/sh\necho "192.0.2.9"\necho "$@" >&2\n');
    await Deno.chmod(path, 0o700);
    const resolved = await resolveAddress({ wgetCommand: `${path} --x`, resolveUrl: "https://h/" });
    assert(!(resolved instanceof Problem));
    assertEquals(
      resolved.via,
      `'${path} --x -U Fwknop/2.6.10 --secure-protocol=auto --quiet -O - https://h'`,
    );
    assert(await resolveAddress({ wgetCommand: "/nowhere/wget" }) instanceof Problem);
  } finally {
    await Deno.remove(path);
  }
});

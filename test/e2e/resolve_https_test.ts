/**
 * `-R` against an HTTPS server of a temporary certificate authority: the client trusts it with the authority, and not
 * without.
 */
import { assertEquals, assertMatch } from "../assert.ts";
import { mustRun, run } from "../../scripts/process.ts";
import { denoDir } from "../support/deno_dir.ts";
import { testWhere } from "../support/needs.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** A certificate for localhost and the authority that signed it, in a folder. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...words: string[]) => mustRun("openssl", words, { cwd: folder });
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    ...["req", "-x509", ...elliptic, "-days", "2", "-subj", "/CN=throw-away"],
    ...["-keyout", "ca.key", "-out", "ca.pem"],
  );
  await openssl(
    ...["req", ...elliptic, "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem"],
  );
  await Deno.writeTextFile(`${folder}/names`, "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  await openssl(
    ...["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key"],
    ...["-CAcreateserial", "-days", "2", "-extfile", "names", "-out", "cert.pem"],
  );
}

testWhere("the public address is asked for over HTTPS, of a server whose certificate is right", {
  programs: ["openssl"],
}, async () => {
  const folder = await Deno.makeTempDir();
  await makeCertificates(folder);
  const agents: string[] = [];
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: await Deno.readTextFile(`${folder}/cert.pem`),
    key: await Deno.readTextFile(`${folder}/key.pem`),
    onListen() {},
  }, (request) => {
    agents.push(request.headers.get("user-agent") ?? "");
    return new URL(request.url).pathname === "/ip"
      ? new Response("192.0.2.77\r\n")
      : Response.redirect("https://localhost/ip");
  });
  const base = `https://localhost:${server.addr.port}`;
  const cache = await denoDir();
  const ask = (env: Readonly<Record<string, string>>, ...words: string[]) =>
    run(Deno.execPath(), ["run", "--allow-all", "--quiet", MAIN, ...words], {
      env: { HOME: folder, ...cache, ...env },
    });
  const trust = { DENO_CERT: `${folder}/ca.pem` };
  const rest = ["-T", "-v", "-A", "tcp/22", "--key-rijndael", "secret", "-D", "127.0.0.1"];
  try {
    await Deno.writeTextFile(`${folder}/rc`, `[x]\nRESOLVE_URL ${base}/ip\n`, { mode: 0o600 });
    const ways = [
      ["knock", "--no-rc-file", "-R", "--resolve-url", `${base}/ip`],
      ["knock", "--no-rc-file", "--resolve-url", `localhost:${server.addr.port}/ip`],
      ["knock", "--rc-file", `${folder}/rc`, "-n", "x"],
      ["--no-rc-file", "--no-save-args", "--resolve-ip-https", "--resolve-url", `${base}/ip`],
      ["--no-rc-file", "--no-save-args", "--resolve-ip-http", "--resolve-url", `${base}/ip`],
    ];
    for (const way of ways) {
      const { code, stdout, stderr } = await ask(trust, ...way, ...rest);
      assertEquals([code, stderr], [0, ""], way.join(" "));
      assertMatch(stdout, /\n\[\+\] Resolved external IP \(via https:\S+\) as: 192\.0\.2\.77\n/);
      assertMatch(stdout, /Message String: 192\.0\.2\.77,tcp\/22\n/);
    }
    assertEquals(new Set(agents), new Set(["Fwknop/2.6.10"]));
    const [way = []] = ways;
    const unknown = await ask({}, ...way, ...rest);
    assertEquals([unknown.code, unknown.stdout], [1, ""]);
    assertMatch(unknown.stderr, /did not answer with the public address: .*certificate/);
    // The C client's line comes first, and the reason below it.
    const compat = await ask({}, "--no-rc-file", "--no-save-args", ...way.slice(2), ...rest);
    assertMatch(
      compat.stderr,
      /^\[-\] Could not resolve IP via: 'https:\S+'\n {4}.*certificate.*\n$/,
    );
    const elsewhere = await ask(trust, "knock", "-R", "--resolve-url", `${base}/other`, ...rest);
    assertEquals(elsewhere.code, 1);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

testWhere("an authority that the host trusts is trusted", {
  root: true,
  programs: ["openssl", "unshare"],
}, async () => {
  const folder = await Deno.makeTempDir();
  await makeCertificates(folder);
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: await Deno.readTextFile(`${folder}/cert.pem`),
    key: await Deno.readTextFile(`${folder}/key.pem`),
    onListen() {},
  }, () => new Response("192.0.2.77\n"));
  // Only the program sees this authority, at the path where Debian keeps certificate authorities.
  const stage = "mount -t tmpfs none /etc/ssl && mkdir /etc/ssl/certs && " +
    'cp "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"';
  const words = [
    "knock",
    "--no-rc-file",
    "--resolve-url",
    `https://localhost:${server.addr.port}/`,
  ];
  const rest = ["-T", "-v", "-A", "tcp/22", "--key-rijndael", "secret", "-D", "127.0.0.1"];
  try {
    const { code, stdout, stderr } = await run("unshare", [
      ...["--mount", "sh", "-c", stage, `${folder}/ca.pem`],
      ...[Deno.execPath(), "run", "--allow-all", "--quiet", MAIN, ...words, ...rest],
    ], { env: { HOME: folder, DENO_TLS_CA_STORE: "mozilla", ...await denoDir() } });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /Message String: 192\.0\.2\.77,tcp\/22\n/);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

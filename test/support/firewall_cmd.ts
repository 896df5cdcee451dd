/**
 * Stands in for `firewall-cmd`: accepts only the arguments that the C daemon passes, runs the real iptables of a
 * namespace with them, and answers like firewalld (`docs/spec/firewalls.md` 2).
 *
 * @module
 */
const [namespace = "", ...words] = Deno.args;
const [direct, passthrough, family, ...args] = words;
if (direct !== "--direct" || passthrough !== "--passthrough" || !/^ipv[46]$/.test(family ?? "")) {
  await write(Deno.stderr, `usage: see --help. Unrecognised: ${words.join(" ")}\n`);
  Deno.exit(2);
}
const program = family === "ipv6" ? "ip6tables" : "iptables";
const { code, stdout, stderr } = await new Deno.Command("ip", {
  args: ["netns", "exec", namespace, program, ...args],
}).output();
if (code !== 0) {
  const said = new TextDecoder().decode(stderr).trim();
  await write(
    Deno.stderr,
    `Error: COMMAND_FAILED: Direct: '${program} ${args.join(" ")}' failed: ${said}\n`,
  );
  Deno.exit(13);
}
await write(Deno.stdout, `${new TextDecoder().decode(stdout)}success\n`);

async function write(stream: { write(bytes: Uint8Array): Promise<number> }, text: string) {
  await stream.write(new TextEncoder().encode(text));
}

/**
 * Stands in for `firewall-cmd`: takes only the arguments the C daemon gives, runs the real iptables of a namespace
 * with them, and answers as firewalld does (`docs/spec/firewalls.md` 2).
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

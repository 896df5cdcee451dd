/**
 * Stands in for `pfctl`: checks every argument and every rule against the forms of `docs/spec/firewalls.md` 4, keeps the
 * anchor in a file and prints it as pf does, the label in quotes and `port =`.
 *
 * @module
 */
const [state = "", ...args] = Deno.args;
const line = args.join(" ");
const read = () => Deno.readTextFileSync(state);

if (line === "-s Anchor") say("  fwknop\n");
else if (line === "-a fwknop -s rules") say(read());
else if (line === "-a fwknop -F all") Deno.writeTextFileSync(state, "");
else if (line === "-a fwknop -f -") load(await new Response(Deno.stdin.readable).text());
else fail(`usage: pfctl ... (${line})`);

function load(text: string): void {
  const out: string[] = [];
  for (const [index, rule] of text.split("\n").entries()) {
    if (rule === "") continue;
    const form =
      /^(pass|block) in quick (?:inet6? )?proto (tcp|udp) from ([0-9a-f.:]+|any) to ([0-9a-f.:]+|any) port (?:= )?([0-9]+|ssh)( flags S\/SA)? ?(keep state)?(?: label "?([A-Za-z0-9_ ]+)"?)?$/;
    const match = form.exec(rule);
    if (match === null) fail(`stdin:${index + 1}: syntax error`);
    const [, action, protocol, from = "", to, port, , , label] = match ?? [];
    const family = from.includes(":") ? "inet6" : "inet";
    const name = port === "22" ? "ssh" : port;
    const flags = protocol === "tcp" ? " flags S/SA" : "";
    const end = label === undefined ? "" : ` label "${label}"`;
    out.push(
      `${action} in quick ${family} proto ${protocol} from ${from} to ${to} port = ${name}${flags} keep state${end}`,
    );
  }
  Deno.writeTextFileSync(state, out.map((rule) => `${rule}\n`).join(""));
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function fail(text: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exit(1);
}

/**
 * Stands in for `pfctl`: checks every argument and every rule against the forms of `docs/spec/firewalls.md` 4, keeps the
 * anchor in a file and prints it like pf, with the label in quotes and `port =`. The main ruleset is the file beside it
 * whose name ends in `.rules`; without that file it is only the anchor. There is no `-P`, as on macOS.
 *
 * @module
 */
const [state = "", ...args] = Deno.args;
const line = args.join(" ");
const read = () => Deno.readTextFileSync(state);
const TRANSLATION = /^(rdr|nat) /;
/** `rdr-rule` and `nat-rule` of pf.conf(5): the tag comes before the arrow, and there is no label. */
const TRANSLATION_FORM =
  /^(rdr|nat) inet6? (proto (tcp|udp) )?from ([0-9a-f.:]+|any) to ([0-9a-f.:]+|any)( port (= )?[0-9]+)? tag [A-Za-z0-9_]{1,63} -> [0-9a-f.:]+( port [0-9]+)?$/;

const lines = (which: (rule: string) => boolean) =>
  read().split("\n").filter((rule) => rule !== "" && which(rule)).map((rule) => `${rule}\n`).join(
    "",
  );

if (line === "-s info") say("Status: Enabled for 0 days 00:01:00           Debug: Urgent\n\n");
else if (line === "-s rules") say(mainRuleset());
else if (line === "-s Anchor") say("  fwknop\n");
else if (line === "-s nat") say('nat-anchor "fwknop" all\nrdr-anchor "fwknop" all\n');
else if (line === "-a fwknop -s rules") say(lines((rule) => !TRANSLATION.test(rule)));
else if (line === "-a fwknop -s nat") say(lines((rule) => TRANSLATION.test(rule)));
else if (line === "-a fwknop -F all") Deno.writeTextFileSync(state, "");
else if (line === "-a fwknop -f -") load(await new Response(Deno.stdin.readable).text());
else fail(`usage: pfctl ... (${line})`);

function mainRuleset(): string {
  try {
    return Deno.readTextFileSync(`${state}.rules`);
  } catch {
    return 'anchor "fwknop" all\n';
  }
}

function load(text: string): void {
  const out: string[] = [];
  for (const [index, rule] of text.split("\n").entries()) {
    if (rule === "") continue;
    if (TRANSLATION.test(rule)) {
      if (out.some((before) => !TRANSLATION.test(before))) {
        fail(
          `stdin:${
            index + 1
          }: Rules must be in order: options, normalization, queueing, translation, filtering`,
        );
      }
      if (!TRANSLATION_FORM.test(rule)) fail(`stdin:${index + 1}: syntax error`);
      // A port before the arrow is printed as a comparison, one after it is not.
      out.push(rule.replace(/ port (?:= )?([0-9]+)(?=.* -> )/, " port = $1"));
      continue;
    }
    const form =
      /^(pass|block) in quick (?:inet6? )?(?:proto (tcp|udp) )?from ([0-9a-f.:]+|any) to ([0-9a-f.:]+|any)(?: port (?:= )?([0-9]+|ssh))?( flags S\/SA)? ?(keep state)?(?: label "?([A-Za-z0-9_ ]+)"?)?$/;
    const match = form.exec(rule);
    if (match === null) fail(`stdin:${index + 1}: syntax error`);
    const [, action, protocol, from = "", to, port, , , label] = match ?? [];
    const family = from.includes(":") ? "inet6" : "inet";
    const name = port === "22" ? "ssh" : port;
    const flags = protocol === "tcp" ? " flags S/SA" : "";
    const end = label === undefined ? "" : ` label "${label}"`;
    const proto = protocol === undefined ? "" : ` proto ${protocol}`;
    const at = name === undefined ? "" : ` port = ${name}`;
    out.push(
      `${action} in quick ${family}${proto} from ${from} to ${to}${at}${flags} keep state${end}`,
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

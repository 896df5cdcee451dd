/**
 * Stands in for `ipfw`: checks every argument against the forms of `docs/spec/firewalls.md` 3, keeps the rules in a file
 * and prints them like ipfw. `DYNAMIC` in the state lists the rules that have connections.
 *
 * @module
 */
interface State {
  rules: { number: number; set: number; body: string }[];
  disabled: number[];
  dynamic: number[];
}

const [path = "", ...args] = Deno.args;
const line = args.join(" ");
const state: State = JSON.parse(Deno.readTextFileSync(path));

const ADDRESS = "[0-9a-f.:]+";
const BODY = new RegExp(
  `^pass (tcp|udp) from ${ADDRESS} to (me6?|${ADDRESS}) dst-port [0-9]{1,5}( setup)? keep-state // _exp_[0-9]+$`,
);

/** The arguments of one call and its action. */
const CALLS: readonly (readonly [RegExp, (...words: string[]) => void])[] = [
  [/^set ([0-9]+) list$/, (set) => list(Number(set), false)],
  [/^-d -S(?: -T)? set ([0-9]+) list$/, (set) => list(Number(set), true)],
  [/^list$/, () => {
    // Without -S, sets that are disabled are not shown.
    const rules = state.rules.filter(({ set }) => !state.disabled.includes(set));
    say(rules.map((rule) => format(rule, false)).join(""));
  }],
  [/^delete set ([0-9]+)$/, (set) => remove((rule) => rule.set === Number(set))],
  [/^set disable ([0-9]+)$/, (set) => {
    state.disabled.push(Number(set));
  }],
  [
    /^set ([0-9]+) delete ([0-9]+)$/,
    (set, number) => remove((rule) => rule.set === Number(set) && rule.number === Number(number)),
  ],
  [/^set move rule ([0-9]+) to ([0-9]+)$/, (number, set) => {
    const moved = state.rules.filter((rule) => rule.number === Number(number));
    if (moved.length === 0) fail("ipfw: rule not found");
    for (const rule of moved) rule.set = Number(set);
  }],
  [/^add ([0-9]+) set ([0-9]+) (.*)$/, add],
];

const call = CALLS.find(([pattern]) => pattern.test(line));
if (call === undefined) fail(`ipfw: bad command \`${line}'`);
else call[1](...(call[0].exec(line)?.slice(1) ?? []));
Deno.writeTextFileSync(path, JSON.stringify(state));

function add(digits = "", set = "", body = ""): void {
  const number = Number(digits);
  if (number < 1 || number > 65534) fail(`ipfw: invalid rule number ${digits}`);
  if (body !== "check-state" && !BODY.test(body)) fail(`ipfw: unrecognised rule \`${body}'`);
  // Only TCP has the flags that "setup" tests.
  if (/^pass udp .* setup/.test(body)) fail("ipfw: setup needs tcp");
  state.rules.push({ number, set: Number(set), body: body.replace(/^pass /, "allow ") });
  state.rules.sort((a, b) => a.number - b.number);
  say(`${String(number).padStart(5, "0")} ${body}\n`);
}

function remove(which: (rule: State["rules"][number]) => boolean): void {
  const before = state.rules.length;
  state.rules = state.rules.filter((rule) => !which(rule));
  if (state.rules.length === before) fail("ipfw: no rules");
}

function format(rule: State["rules"][number], sets: boolean): string {
  const mark = state.disabled.includes(rule.set) ? "# DISABLED " : "";
  const number = String(rule.number).padStart(5, "0");
  return `${mark}${number}${sets ? ` set ${rule.set}` : ""} ${rule.body}\n`;
}

function list(set: number, dynamic: boolean): void {
  const rules = state.rules.filter((rule) => rule.set === set);
  const lines = rules.map((rule) => format(rule, dynamic)).join("");
  const numbers = state.dynamic.filter((number) => rules.some((rule) => rule.number === number));
  const connections = numbers.map((number) =>
    `${String(number).padStart(5, "0")} 12 3456 (298s) STATE tcp 192.0.2.44 40000 <-> 10.0.0.1 22\n`
  ).join("");
  say(dynamic ? `${lines}## Dynamic rules (${numbers.length} 4096):\n${connections}` : lines);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function fail(text: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
  Deno.exit(1);
}

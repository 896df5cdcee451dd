import fc from "property-testing";
import { CLIENT_OPTIONS } from "../../../lib/config/client_options.ts";
import { parseCommandLine } from "../../../lib/config/getopt.ts";
import { getoptMessage } from "../../../lib/config/getopt_message.ts";
import { assertEquals } from "../../assert.ts";

function parse(line: string, exact = false) {
  const rows = CLIENT_OPTIONS;
  const { options, words, complaints } = parseCommandLine(line.split(" "), rows, { exact });
  return {
    options: options.entries.map(({ name, value }) => value === "" ? name : `${name}=${value}`),
    words,
    complaints: complaints.map(getoptMessage),
  };
}

Deno.test("long options take their argument after = or as the next word", () => {
  assertEquals(parse("--access=tcp/22 --allow-ip 192.0.2.1").options, [
    "access=tcp/22",
    "allow-ip=192.0.2.1",
  ]);
});

Deno.test("long options may be abbreviated, and spellings of one option are not ambiguous", () => {
  assertEquals(parse("--acc x --resolve-ip --gpg-recip y --verb").options, [
    "access=x",
    "resolve-ip-https",
    "gpg-recipient-key=y",
    "verbose",
  ]);
  assertEquals(parse("--nat-a h").options, ["nat-access=h"]);
});

Deno.test("letters may be joined and their argument glued", () => {
  assertEquals(parse("-vvTAtcp/22 -a 192.0.2.1").options, [
    "verbose",
    "verbose",
    "test",
    "access=tcp/22",
    "allow-ip=192.0.2.1",
  ]);
});

Deno.test("other words may stand anywhere, and -- ends the options", () => {
  assertEquals(parse("a -T - b -- -v --access").words, ["a", "-", "b", "-v", "--access"]);
});

Deno.test("complaints are those of the GNU C library", () => {
  assertEquals(parse("--bogus=3 -x --test=1 --access").complaints, [
    "unrecognized option '--bogus=3'",
    "invalid option -- 'x'",
    "option '--test' doesn't allow an argument",
    "option '--access' requires an argument",
  ]);
  assertEquals(parse("-vA").complaints, ["option requires an argument -- 'A'"]);
  assertEquals(parse("--nat").complaints, [
    "option '--nat' is ambiguous; possibilities: '--nat-access' '--nat-local' '--nat-port' '--nat-rand-port'",
  ]);
});

Deno.test("in exact mode a long option must be written in full, and no value begins with two dashes", () => {
  assertEquals(parse("--acc x --spoof-src y", true), {
    options: ["spoof-source=y"],
    words: ["x"],
    complaints: ["unrecognized option '--acc'"],
  });
  assertEquals(parse("-A --access --rc-file=--x", true), {
    options: ["rc-file=--x"],
    words: [],
    complaints: [
      "option requires an argument -- 'A'",
      "option '--access' requires an argument",
    ],
  });
  assertEquals(parse("-A --access --rc-file").options, ["access=--access"]);
});

Deno.test("a complaint names the option, its value and the word that cannot be its value", () => {
  const { complaints } = parseCommandLine(
    ["--bogus=3", "--test=1", "-A", "--vv"],
    CLIENT_OPTIONS,
    { exact: true },
  );
  assertEquals(complaints, [
    { kind: "unknown option", name: "bogus", typed: "bogus=3" },
    { kind: "unwanted value", name: "test", value: "1" },
    { kind: "missing value", name: "access", letter: "A", next: "--vv" },
    { kind: "unknown option", name: "vv", typed: "vv" },
  ]);
});

Deno.test("the parser reads nothing after the option that answers at once", () => {
  const line = ["-T", "--help", "--bogus"];
  const rows = [...CLIENT_OPTIONS, { name: "help", brief: "" }];
  const { options, complaints } = parseCommandLine(line, rows, { stopAt: "help" });
  assertEquals([options.has("help"), complaints], [true, []]);
});

Deno.test("no words make the parser throw", () => {
  fc.assert(fc.property(fc.array(fc.string()), fc.boolean(), (args, exact) => {
    parseCommandLine(args, CLIENT_OPTIONS, { exact });
  }));
});

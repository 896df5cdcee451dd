import fc from "property-testing";
import { CLIENT_OPTIONS } from "../../../lib/config/client_options.ts";
import { parseCommandLine } from "../../../lib/config/getopt.ts";
import { assertEquals } from "../../assert.ts";

function parse(line: string) {
  const { options, words, complaints } = parseCommandLine(line.split(" "), CLIENT_OPTIONS);
  return {
    options: options.entries.map(({ name, value }) => value === "" ? name : `${name}=${value}`),
    words,
    complaints,
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

Deno.test("no words make it throw", () => {
  fc.assert(fc.property(fc.array(fc.string()), (args) => {
    parseCommandLine(args, CLIENT_OPTIONS);
  }));
});

import { assertEquals } from "../../assert.ts";
import { absoluteOptions } from "../../../lib/config/absolute_options.ts";
import { givenOptions } from "../../support/config_files.ts";

Deno.test("relative paths become absolute, and nothing else changes", () => {
  const given = givenOptions({
    "config-file": "etc/fwknopd.conf",
    "access-file": "/etc/fwknop/access.conf",
    "override-config": "a,/b,c/d",
    "interface": "eth0",
    "verbose": true,
  });
  assertEquals(absoluteOptions(given, "/home/alice").entries.map(({ value }) => value), [
    "/home/alice/etc/fwknopd.conf",
    "/etc/fwknop/access.conf",
    "/home/alice/a,/b,/home/alice/c/d",
    "eth0",
    "",
  ]);
});

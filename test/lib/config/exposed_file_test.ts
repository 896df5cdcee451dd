import { exposedFile } from "../../../lib/config/exposed_file.ts";
import { assertEquals } from "../../assert.ts";

Deno.test("an exposed file is an error with a code, and with a place where one is known", () => {
  const text = "user 1000 owns /srv";
  const exposure = { text, place: "/srv", by: "owner", isOpenFolder: false } as const;
  const position = { file: "access.conf", line: 2, column: 1 };
  const found = exposedFile("GPG_EXE", "/srv/gpg", exposure, position);
  assertEquals([found.severity, found.code, found.position], ["error", "exposed", position]);
  assertEquals(
    found.text,
    "[*] GPG_EXE: '/srv/gpg' can be changed by others: user 1000 owns /srv",
  );
  assertEquals(Object.hasOwn(exposedFile("GPG_EXE", "/srv/gpg", exposure), "position"), false);
});

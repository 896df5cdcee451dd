import { assertEquals } from "../../assert.ts";
import { ownPlatform, parseArtefactName } from "../../../lib/release/artefact_name.ts";

Deno.test("a file name says version, platform and form", () => {
  assertEquals(parseArtefactName("fwknop-1.0.0-rc.1-linux-x64"), {
    version: "1.0.0-rc.1",
    platform: "linux-x64",
    form: "binary",
  });
  assertEquals(parseArtefactName("fwknop-1.0.0-windows-x64.exe")?.form, "binary");
  assertEquals(parseArtefactName("fwknop-1.2.3-macos-arm64.tar.gz"), {
    version: "1.2.3",
    platform: "macos-arm64",
    form: "archive",
  });
});

Deno.test("any other name says nothing", () => {
  for (
    const name of [
      "fwknop",
      "fwknop-1.0.0",
      "fwknop-linux-x64",
      "fwknop-1.0-linux-x64",
      "fwknop-1.0.0-linux-x64.sig",
      "fwknop-1.0.0-plan9-x64",
      "x/fwknop-1.0.0-linux-x64",
      "fwknop-1.0.0-linux-x64\n",
    ]
  ) assertEquals(parseArtefactName(name), undefined, name);
});

Deno.test("this machine has one of the platforms of releases", () => {
  assertEquals(parseArtefactName(`fwknop-1.0.0-${ownPlatform()}`)?.platform, ownPlatform());
});

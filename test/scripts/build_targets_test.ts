import assert from "node:assert/strict";
import {
  compileArguments,
  explainCompileError,
  findTargets,
  releaseName,
  sumLine,
  TARGETS,
} from "../../scripts/build_targets.ts";

Deno.test("each target has its own command line", () => {
  const commands = TARGETS.map((target) =>
    compileArguments("fwknop.js", `/d/${releaseName(target)}`, target).join(" ")
  );
  const common =
    "compile --quiet --no-check --no-config --no-lock --no-prompt --allow-all --no-code-cache " +
    "--v8-flags=--max-semi-space-size=4,--optimize-for-size";
  assert.deepEqual(commands, [
    `${common} --target x86_64-unknown-linux-gnu --output /d/fwknop-linux-x64 fwknop.js`,
    `${common} --target aarch64-unknown-linux-gnu --output /d/fwknop-linux-arm64 fwknop.js`,
    `${common} --target x86_64-apple-darwin --output /d/fwknop-macos-x64 fwknop.js`,
    `${common} --target aarch64-apple-darwin --output /d/fwknop-macos-arm64 fwknop.js`,
    `${common} --unstable-net --target x86_64-pc-windows-msvc --output /d/fwknop-windows-x64.exe fwknop.js`,
  ]);
  assert.equal(
    compileArguments("fwknop.js", "/d/fwknop").join(" "),
    `${common} --output /d/fwknop fwknop.js`,
  );
});

Deno.test("targets are found by name, and an unknown one is refused with the allowed names", () => {
  assert.deepEqual(findTargets(["macos-arm64"]).map(({ triple }) => triple), [
    "aarch64-apple-darwin",
  ]);
  assert.equal(findTargets(["all"]).length, TARGETS.length);
  assert.throws(() => findTargets(["linux-riscv"]), /'linux-riscv': it must be one of linux-x64/);
});

Deno.test("the message about an unreachable site names DENORT_BIN, and other failures keep their message", () => {
  const unreachable = [
    "Download https://example.org/release/v2.9.6/denort-x86_64-unknown-linux-gnu.zip",
    "error: Writing deno compile executable to temporary file '/x'",
    "",
    "Caused by:",
    "    0: Setting up base binary.",
    "    1: error sending request for url (https://example.org/release/v2.9.6/denort-x86_64-unknown-linux-gnu.zip): dns error",
  ].join("\n");
  assert.match(
    explainCompileError(unreachable),
    /^https:\/\/example\.org\/release\/v2\.9\.6\/denort-x86_64-unknown-linux-gnu\.zip cannot be fetched.*DENORT_BIN.*--denort-from-npm$/,
  );
  assert.equal(
    explainCompileError(
      "error: Could not find denort at '/nowhere'\n\nCaused by:\n    No such file\n",
    ),
    "Could not find denort at '/nowhere': No such file",
  );
});

Deno.test("a checksum line has the form that sha256sum --check reads", () => {
  assert.equal(sumLine(new Uint8Array([0, 255]).buffer, "fwknop"), "00ff  fwknop\n");
});

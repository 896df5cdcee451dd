/**
 * Installs the packages that the tests use, as root on Debian or Ubuntu. Elsewhere it prints which tests are left
 * out, and why. Never fails: a machine without these programs runs the rest of the tests.
 *
 * @module
 */
import { HOST_PACKAGES, leftOutLines } from "./host_packages.ts";
import { installMissing } from "./install_packages.ts";

if (import.meta.main) {
  const isLinux = Deno.build.os === "linux";
  const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  const missing = await installMissing(HOST_PACKAGES, "the tests");
  const lines = leftOutLines(missing, isLinux, isRoot);
  if (lines.length === 0) console.log("Every program and library that the tests use is installed.");
  for (const line of lines) console.log(line);
}

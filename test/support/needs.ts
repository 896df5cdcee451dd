/**
 * Tests that some machines cannot run. Every such test names what it needs here, so that the gate can report each
 * skipped test with its reason; `scripts/check_tests.ts` refuses another way to skip.
 *
 * @module
 */

/** What a test needs of the machine. */
export interface Needs {
  /** `unix`: anything but Windows. */
  readonly system?: "linux" | "unix";
  readonly root?: boolean;
  readonly programs?: readonly string[];
  /** A reason that the test file found itself; `undefined` where nothing is missing. */
  readonly blocker?: string | undefined;
}

/** The first need that this machine does not meet, or `undefined`. */
export function unmetNeed(needs: Needs): string | undefined {
  const { system, root = false, programs = [] } = needs;
  if (system === "linux" && Deno.build.os !== "linux") return "it needs Linux";
  if (system === "unix" && Deno.build.os === "windows") return "it does not run on Windows";
  if (root && Deno.uid() !== 0) return "it needs root";
  const missing = programs.find((program) => !hasProgram(program));
  return missing === undefined ? needs.blocker : `the program ${missing} is missing`;
}

/**
 * Registers a test. Where a need is not met, the test is skipped and the reason stands behind its name: a quiet run
 * shows nothing that a test file prints.
 */
export function testWhere(name: string, needs: Needs, body: () => void | Promise<void>): void {
  const reason = unmetNeed(needs);
  if (reason === undefined) Deno.test(name, body);
  else Deno.test({ name: `${name} (${reason})`, ignore: true, fn: body });
}

/** Whether a program is in the PATH or the folders of system programs. */
export function hasProgram(name: string): boolean {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      return folder !== "" && Deno.statSync(`${folder}/${name}`).isFile;
    } catch {
      return false;
    }
  });
}

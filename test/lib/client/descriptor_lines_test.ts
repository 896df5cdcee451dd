import { DescriptorLines } from "../../../lib/client/descriptor_lines.ts";
import { Problem } from "../../../lib/client/problem.ts";
import { assert, assertEquals } from "../../assert.ts";

/** The lines that a program reads from descriptor 7, into which a shell writes the text. */
async function readAll(text: string, count: number): Promise<string> {
  const program = `
    import { DescriptorLines } from ${
    JSON.stringify(import.meta.resolve("../../../lib/client/descriptor_lines.ts"))
  };
    const lines = new DescriptorLines();
    for (let index = 0; index < ${count}; index++) {
      const line = await lines.readLine(7);
      console.log(line === undefined ? "end" : JSON.stringify(new TextDecoder().decode(line)));
    }
    lines.close();`;
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `printf "$1" | "$2" eval --no-check "$3" 7<&0 </dev/null`, "sh", text].concat(
      Deno.execPath(),
      program,
    ),
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}

Deno.test("each call reads one line, and the last needs no line feed", async () => {
  assertEquals(await readAll("key\\n\\nhmac", 4), '"key"\n""\n"hmac"\nend');
});

Deno.test("a descriptor that is not open is a problem with an example", async () => {
  const lines = new DescriptorLines();
  const problem = await lines.readLine(987);
  lines.close();
  assert(problem instanceof Problem);
  assertEquals(problem.text, "descriptor 987 is not open");
});

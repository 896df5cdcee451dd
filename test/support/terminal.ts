/**
 * A program on a terminal of its own, made by `script` (util-linux), and answers that are typed there.
 *
 * @module
 */

/** What to run, and what to type. */
export interface TypedSession {
  /** A command of the shell. */
  readonly command: string;
  /** Matches each prompt, with the flag `g`. */
  readonly prompt: RegExp;
  /** One for each prompt, with the key that ends it. */
  readonly answers: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Types each answer after its prompt, as a person would. Returns what the terminal showed. */
export async function typeOnTerminal(
  { command, prompt, answers, env = {} }: TypedSession,
): Promise<string> {
  const child = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const decoder = new TextDecoder();
  let shown = "";
  let answered = 0;
  for await (const chunk of child.stdout) {
    shown += decoder.decode(chunk, { stream: true });
    const prompts = shown.match(prompt)?.length ?? 0;
    while (answered < prompts && answered < answers.length) {
      await writer.write(new TextEncoder().encode(answers[answered++]));
    }
  }
  await writer.close().catch(() => {});
  await child.status;
  return shown.replaceAll("\r", "");
}

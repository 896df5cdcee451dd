/**
 * Asking for a key on the controlling terminal, where nobody sees it.
 *
 * @module
 */
import { LineEditor } from "./line_editor.ts";

/** What came of asking. */
export type PromptResult =
  | { readonly kind: "line"; readonly line: Uint8Array }
  | { readonly kind: "aborted" }
  /** There is no terminal to ask on. */
  | { readonly kind: "no-terminal" };

/** Signals that would end the program and leave the terminal without echo. */
const SIGNALS: readonly Deno.Signal[] = ["SIGTERM", "SIGHUP"];

/**
 * Prints the prompt on `/dev/tty` (standard input may carry data) and reads one line without echo. The
 * terminal is put back whatever happens.
 */
export async function promptSecret(prompt: string): Promise<PromptResult> {
  let terminal: Deno.FsFile;
  try {
    terminal = await Deno.open(Deno.build.os === "windows" ? "CONIN$" : "/dev/tty", {
      read: true,
      write: true,
    });
  } catch {
    return { kind: "no-terminal" };
  }
  try {
    return await readHidden(terminal, prompt);
  } finally {
    terminal.close();
  }
}

async function readHidden(terminal: Deno.FsFile, prompt: string): Promise<PromptResult> {
  const editor = new LineEditor();
  terminal.setRaw(true);
  const stopListening = SIGNALS.map((signal) => onSignal(signal, () => terminal.setRaw(false)));
  try {
    await terminal.write(new TextEncoder().encode(prompt));
    const byte = new Uint8Array(1);
    // One byte at a time: what follows the line belongs to whoever reads the terminal next.
    while (editor.state === "typing") {
      if (await terminal.read(byte) !== 1) break;
      editor.type(byte[0] ?? 0);
    }
  } finally {
    for (const stop of stopListening) stop();
    terminal.setRaw(false);
  }
  await terminal.write(new TextEncoder().encode("\n"));
  return editor.state === "done" ? { kind: "line", line: editor.line() } : { kind: "aborted" };
}

/** Runs the handler and then lets the signal have its ordinary effect. Returns how to stop. */
function onSignal(signal: Deno.Signal, handler: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  const listener = () => {
    handler();
    Deno.removeSignalListener(signal, listener);
    Deno.kill(Deno.pid, signal);
  };
  Deno.addSignalListener(signal, listener);
  return () => Deno.removeSignalListener(signal, listener);
}

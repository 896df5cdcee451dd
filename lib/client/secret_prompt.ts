/**
 * Asks for a key on the controlling terminal, without echo.
 *
 * @module
 */
import { LineEditor } from "./line_editor.ts";

/** The result of a prompt. */
export type PromptResult =
  | { readonly kind: "line"; readonly line: Uint8Array }
  | { readonly kind: "aborted" }
  /** The process has no terminal. */
  | { readonly kind: "no-terminal" };

/** Signals that end the program. Without a handler, they would leave the terminal without echo. */
const SIGNALS: readonly Deno.Signal[] = ["SIGTERM", "SIGHUP"];

/**
 * Prints the prompt on `/dev/tty`, because standard input may carry data, and reads one line without echo. Restores the
 * terminal in every case.
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
    // Read one byte at a time: the next reader of the terminal gets what follows the line.
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

/**
 * Runs the handler at the signal, and then lets the signal have its usual effect. Returns a function that undoes this.
 */
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

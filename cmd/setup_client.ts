/**
 * How the first client of a set-up gets its keys, and what to type there.
 *
 * @module
 */
import type { GivenOptions } from "../lib/config/option.ts";
import { withoutKeys } from "../lib/client/invitation.ts";
import { Problem } from "../lib/client/problem.ts";
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { HintedError } from "../lib/errors/hinted_error.ts";
import { CLIENT_FOLDER } from "../lib/setup/places.ts";
import type { PlannedStep } from "../lib/setup/steps.ts";
import type { Context } from "./context.ts";
import type { SetupPlan } from "./setup_facts.ts";
import type { SetupRequest } from "./setup_request.ts";
import { codeText } from "./show_code.ts";
import type { TypedLines } from "./typed_lines.ts";

/** The steps that write the client's file. It is there before anything is closed. */
export function clientSteps(
  { client }: Pick<SetupRequest, "client">,
  plan: SetupPlan,
): PlannedStep[] {
  return [
    { record: { kind: "folder", path: CLIENT_FOLDER } },
    {
      record: { kind: "file", path: clientFile(client) },
      text: plan.clientStanza,
      shown: withoutKeys(plan.clientStanza),
    },
  ];
}

function clientFile(client: string): string {
  return `${CLIENT_FOLDER}/${client}`;
}

/** What the client needs, and who may fetch it. */
export interface HandOver {
  readonly request: SetupRequest;
  readonly plan: SetupPlan;
  readonly options: GivenOptions;
  readonly typed: TypedLines | undefined;
  readonly context: Context;
}

/**
 * Says how the client gets its file while the port is still open, and waits for a person to say that it has it.
 *
 * @throws {HintedError} if the person gives up, or the file that was named cannot be written.
 */
export async function handOver(
  { request, plan, options, typed, context }: HandOver,
): Promise<void> {
  const path = clientFile(request.client);
  giveToCaller(path, context);
  const copy = options.value("client-file");
  if (copy !== undefined) {
    const failed = await writeKeyFile(copy, plan.clientStanza, false);
    if (failed instanceof Problem) {
      throw new HintedError(failed.text, { hint: failed.facts.hint ?? "Choose another file" });
    }
  }
  if (options.has("qr")) {
    context.err(
      `${await codeText(plan.keys)}Scan the keys with the phone, then type there: server ` +
        `${request.server}\n\n`,
    );
  }
  const { login, port } = endOf(request, context);
  context.out(
    `\nThe client's file is ${path}; a reboot removes it.\n` +
      "Type this on the client now, while the port is open:\n\n" +
      `  ssh ${port === 22 ? "" : `-p ${port} `}${login} cat ${path} | fwknop accept -\n\n`,
  );
  if (typed === undefined) return;
  for (;;) {
    context.out('Press Enter when the client has it, or type "show" to see it here: ');
    const line = (await typed.next())?.trim();
    if (line === undefined) throw new HintedError("setup ends, because its terminal has ended");
    if (line === "") return;
    if (line === "show") context.out(`\n${plan.clientStanza}\n`);
  }
}

/** What to type on the client once the port is closed. */
export function sayHowToConnect(request: SetupRequest, context: Context): void {
  const { login, port } = endOf(request, context);
  const hasSsh = request.services.some((it) => it.protocol === "tcp" && it.port === port);
  const knock = `fwknop knock -n ${request.server} --wait`;
  const ssh = ` -- ssh ${port === 22 ? "" : `-p ${port} `}${login}`;
  context.out(
    `\nNow type this on the client, and keep this session open:\n\n  ${knock}${
      hasSsh ? ssh : ""
    }\n` +
      `${hasSsh ? "" : "\nand connect.\n"}\n`,
  );
}

/** `root@gate.example`, and the port of ssh. */
function endOf(
  { server, session, services }: SetupRequest,
  context: Context,
): { readonly login: string; readonly port: number } {
  const tcp = services.find(({ protocol }) => protocol === "tcp");
  const port = session?.port ?? (services.some((it) => it.port === 22) ? 22 : tcp?.port ?? 22);
  return { login: `${context.env("SUDO_USER") ?? "root"}@${server}`, port };
}

/** The administrator who came by sudo may read the file: sshd may refuse root. */
function giveToCaller(path: string, context: Context): void {
  const [uid, gid] = [context.env("SUDO_UID"), context.env("SUDO_GID")].map(Number);
  if (uid === undefined || gid === undefined || !(uid > 0) || !(gid >= 0)) return;
  Deno.chmodSync(CLIENT_FOLDER, 0o711);
  Deno.chownSync(path, uid, gid);
}

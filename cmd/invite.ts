/**
 * `fwknop invite`.
 *
 * @module
 */
import {
  formatClientStanza,
  formatServerStanza,
  type InvitationTerms,
  invitationTerms,
} from "../lib/client/invitation.ts";
import { writeKeyFile } from "../lib/client/key_output_file.ts";
import { Problem, usageProblem } from "../lib/client/problem.ts";
import { INVITE_OPTIONS } from "../lib/config/invite_options.ts";
import type { GivenOptions } from "../lib/config/option.ts";
import { generateKeys } from "../lib/crypto/key_generation.ts";
import type { Command } from "./command.ts";
import type { Context } from "./context.ts";
import { installStanza, tryStanza } from "./install_stanza.ts";
import { codeText, writeCode } from "./show_code.ts";
import { tellProblem } from "./problem_text.ts";

/** Makes a new client of a server in one step. */
export const invite: Command = {
  description: [
    "  fwknop invite alice --server gate.example --access tcp/22",
    "",
    "Makes a pair of keys and prints the stanza for the server's access.conf, the one for the client's ~/.fwknoprc, and",
    "on a terminal a QR code of the keys for a phone. With --install, as root on the server, the server's stanza is",
    "added there instead, after a check that the server accepts the whole configuration with it.",
  ].join("\n"),
  options: INVITE_OPTIONS,
  words: { placeholder: "NAME", brief: "Name of the new client, NAME of its stanza" },
  /** Makes the keys, and prints or writes the stanzas and the QR code. */
  async run(options, [name, ...more], context) {
    const terms = name === undefined
      ? usageProblem("invite needs the name of a client", {
        hint: "for example: fwknop invite alice --server gate.example --access tcp/22",
      })
      : more.length > 0
      ? usageProblem(`unexpected word '${more[0]}'`)
      : invitationTerms(name, options);
    const problem = terms instanceof Problem
      ? terms
      : await makeInvitation(terms, options, context);
    return tellProblem(problem, context);
  },
};

async function makeInvitation(
  terms: InvitationTerms,
  options: GivenOptions,
  context: Context,
): Promise<Problem | undefined> {
  const { hmacDigest } = terms.client;
  const keys = generateKeys(hmacDigest === undefined ? {} : { hmacType: hmacDigest });
  const serverStanza = formatServerStanza(terms, keys, new Date());
  const clientStanza = formatClientStanza(terms, keys);
  // Steps that can fail come before anything is printed or installed: keys at only one end are of no use.
  const addition = options.has("install")
    ? tryStanza(serverStanza, terms.name, options, context)
    : undefined;
  if (addition instanceof Problem) return addition;
  const [clientFile, codeFile] = [options.value("client-file"), options.value("qr-file")];
  const replace = options.has("force");
  const failed = clientFile && await writeKeyFile(clientFile, clientStanza, replace) ||
    codeFile && await writeCode(keys, codeFile, replace) ||
    addition && await installStanza(addition, context);
  if (failed instanceof Problem) return failed;

  // Standard output holds only stanzas and comments, so that it can be appended to a file. The QR code comes first: it
  // is taller than a terminal of 24 rows, and the user needs the text below it.
  const { server, access } = terms.client;
  if (options.has("qr") || (context.isTerminal && codeFile === undefined)) {
    context.err(
      `${await codeText(
        keys,
      )}Scan the keys with the phone, then type there: server ${server}, ${access}. ` +
        "For a picture instead: --qr-file FILE\n\n",
    );
  }
  if (addition === undefined) {
    const file = options.value("access-file") ?? "/etc/fwknop/access.conf";
    context.out(`# For the server: the end of ${file}\n${serverStanza}\n`);
  }
  if (clientFile === undefined) {
    context.out(`# For the client: a file for fwknop accept FILE there\n\n${clientStanza}`);
  } else {
    context.err(
      `The client's stanza is in ${clientFile}. Carry it to the client, where no one else can read it, ` +
        `and type there: fwknop accept ${clientFile.replace(/^.*\//, "")}\n`,
    );
  }
  return undefined;
}

/**
 * The rc file that a first run of the C client's command line leaves behind (`docs/spec/client.md` 4).
 *
 * @module
 */
import { errorText } from "./error_text.ts";
import { Problem } from "./problem.ts";

const TEXT = `# Settings of the fwknop client. Lines that begin with # or ; are comments.
#
# [default] applies to every run; another stanza is chosen with -n NAME and wins over it.
# Options of the command line win over both. A line is a name, blanks and a value; a value ends
# at a blank, ; or #.

[default]
#DIGEST_TYPE                 SHA256
#FW_TIMEOUT                  30
#SPA_SERVER_PORT             62201
#SPA_SERVER_PROTO            udp
#ALLOW_IP                    resolve
#SPOOF_USER                  alice
#SPOOF_SOURCE_IP             192.0.2.7
#TIME_OFFSET                 0
#USE_GPG                     N
#GPG_HOMEDIR                 /home/alice/.gnupg
#GPG_EXE                     /usr/bin/gpg
#GPG_SIGNER                  alice@example.org
#GPG_RECIPIENT               gateway@example.org
#NO_SAVE_ARGS                N

# A server at home; make the keys with: fwknop keygen
#[home]
#SPA_SERVER                  home.example.org
#ACCESS                      tcp/22
#ALLOW_IP                    resolve
#KEY_BASE64                  the first line of keygen
#HMAC_KEY_BASE64             the second line of keygen

# A host behind a gateway, reached through the gateway's port 5001.
#[inside]
#SPA_SERVER                  gateway.example.org
#ACCESS                      tcp/22
#ALLOW_IP                    resolve
#NAT_ACCESS                  10.0.0.7
#NAT_PORT                    5001
`;

/** Creates the file, readable by its owner alone; never replaces one. */
export async function createInitialRc(path: string): Promise<Problem | undefined> {
  try {
    await Deno.writeTextFile(path, TEXT, { createNew: true, mode: 0o600 });
    return undefined;
  } catch (error) {
    const reason = errorText(error);
    return new Problem(`cannot create ${path}: ${reason}`, {
      reference: `Unable to create initial rc file: ${path}: ${reason}`,
    });
  }
}

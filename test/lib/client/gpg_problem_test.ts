import { gpgPathProblem, gpgProblem } from "../../../lib/client/gpg.ts";
import type { Problem } from "../../../lib/client/problem.ts";
import type { SettingsLevel } from "../../../lib/config/client_rows.ts";
import { failure } from "../../../lib/errors/result.ts";
import { assert, assertEquals, assertMatch } from "../../assert.ts";
import { knockPlan } from "../../support/knock_plan.ts";

Deno.test("a packet that is too long for servers has the C client's error and says which keys to use", () => {
  const problem = gpgProblem(
    failure("INVALID_DATA_FUNCS_NEW_MSGLEN_VALIDFAIL", "1792 characters"),
  );
  assert(problem !== undefined);
  assertMatch(problem.text, /1792 characters; servers read 1499/);
  assertEquals(
    problem.facts.reference,
    "fwknop: fko_spa_data_final: Error 59 - Args contain invalid data: " +
      "FKO_ERROR_INVALID_DATA_ENCRYPT_GPG_RESULT_MSGLEN_VALIDFAIL",
  );
});

Deno.test("the hint for an agent that cannot ask on this terminal names GPG_TTY and pinentry", () => {
  const problem = gpgProblem(failure("GPG_CANNOT_ASK", "No pinentry"));
  assertMatch(problem?.facts.hint ?? "", /GPG_TTY=\$\(tty\)/);
  assertEquals(
    problem?.facts.reference,
    "fwknop: fko_spa_data_final: Error 122 - Error during the encrypt and sign operation\n" +
      "GPG ERR: No pinentry",
  );
  const other = gpgProblem(failure("GPGME_ENCRYPT_SIGN", "Bad passphrase"));
  assert(!other?.facts.hint?.includes("GPG_TTY"));
});

Deno.test("a gpg that cannot list keys is not reported as a missing key, except in the C client's line", () => {
  const signer = gpgProblem(failure("GPG_CANNOT_LIST_SIGNERS", "No agent running"));
  assertEquals(signer?.text, "gpg cannot list secret keys: No agent running");
  assertEquals(
    signer?.facts.reference,
    "fwknop: fko_set_gpg_signer: Error 125 - The key for the given signer was not found\n" +
      "GPG ERR: End of file",
  );
  const recipient = gpgProblem(failure("GPG_CANNOT_LIST_RECIPIENTS", "No agent running"));
  assertEquals(recipient?.text, "gpg cannot list keys: No agent running");
});

function pathProblem(settings: SettingsLevel): Promise<Problem | undefined> {
  const { sealing } = knockPlan({ useGpg: true, ...settings });
  assert(sealing.kind === "gpg");
  return gpgPathProblem(sealing);
}

Deno.test("the client refuses a home directory of gpg that is a file or does not exist", async () => {
  const file = await Deno.makeTempFile();
  try {
    for (const gpgHomeDirectory of [file, `${file}.none`]) {
      const problem = await pathProblem({ gpgHomeDirectory });
      assertMatch(problem?.facts.reference ?? "", /fko_set_gpg_home_dir: Error 135/);
    }
    assertEquals(
      await pathProblem({ gpgProgram: file }),
      undefined,
    );
  } finally {
    await Deno.remove(file);
  }
});

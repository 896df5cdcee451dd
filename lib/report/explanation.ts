/**
 * Refusals for people: what failed, by how much, and what to change. The trace of `serve -v` reads from here.
 *
 * @module
 */
import { SPA_ERRORS } from "../spa/error.ts";
import type { Refusal } from "../server/refusal.ts";
import { natTargetDenial } from "./nat_target_denial.ts";
import type { Explanation } from "./fact_and_hint.ts";
import { quotedFacts } from "./quoted_facts.ts";

/** Explains a refusal. */
export function explainRefusal(refusal: Refusal): Explanation {
  const { packet } = refusal;
  const facts = quotedFacts(refusal);
  switch (refusal.code) {
    case "not-spa":
      return {
        fact: `not an SPA packet: ${SPA_ERRORS[refusal.error ?? "SPA_MSG_BAD_DATA"].text}`,
        hint: "other traffic on this port; SPA packets are 140 to 1500 characters of base64",
      };
    case "no-stanza-for-source":
      return {
        fact: `no stanza has ${packet.source} in its SOURCE`,
        hint: "add the address to a stanza's SOURCE, or write SOURCE ANY",
      };
    case "no-stanza-for-destination":
      return {
        fact:
          `no stanza that listens to ${packet.source} has ${packet.destination} in its DESTINATION`,
        hint: "add the address to a stanza's DESTINATION, or leave DESTINATION out",
      };
    case "replay":
      return {
        fact: `this very packet came before, from ${facts["source"]}, ${facts["ago"]} s ago`,
        hint:
          "an attacker repeats a captured packet, or a network doubles it; a knock makes a new one each time",
      };
    case "duplicate":
      return {
        fact: "another copy of the packet before, from the same port at the same time",
        hint:
          "a second interface saw it (PCAP_INTF any with a bridge), or the network doubles packets",
      };
    case "stanza-expired":
      return {
        fact: `the stanza's ACCESS_EXPIRE passed ${facts["seconds"]} s ago`,
        hint: "move the date in access.conf if this client should still get in",
      };
    case "no-cipher-match":
      return facts["type"] === 1 ? GPG_ONLY : {
        fact:
          `${packet.length} characters, as GnuPG packets have, and the stanza takes only packets of its own symmetric key`,
        hint:
          "give the stanza GPG_DECRYPT_ID and its passphrase, or let the client use a symmetric key",
      };
    case "hmac-mismatch":
      return {
        fact: "the HMAC does not match the stanza's key",
        hint:
          "is HMAC_KEY_BASE64 the same at both ends, and does the client use HMAC_DIGEST_TYPE's digest?",
      };
    case "undecodable":
      if (facts["gpg"] !== undefined || refusal.error?.startsWith("GPGME")) {
        return explainGpg(refusal);
      }
      return {
        fact: SPA_ERRORS[refusal.error ?? "DECRYPTION_FAILURE"].text,
        hint: refusal.error === "DECRYPTION_FAILURE"
          ? "is KEY_BASE64 the same at both ends, and ENCRYPTION_MODE that of the client's -M?"
          : "the sender made a message no server accepts",
      };
    case "gpg-busy":
      return {
        fact:
          "too many packets wait for gpg, or nothing vouches for this one and others came before",
        hint: "with an HMAC key in the stanza, packets of strangers never get as far as gpg",
      };
    case "gpg-signer":
      return {
        fact: `signed by ${facts["fingerprint"] || facts["id"]}, which is not in ${facts["list"]}`,
        hint: `add it to the stanza's ${facts["list"]} if this client may come in`,
      };
    case "too-many-packets":
      return {
        fact: `the keys of the stanza made more than ${facts["limit"]} packets within a minute`,
        hint: "raise MAX_PACKETS_PER_MINUTE in the stanza if its clients knock that often",
      };
    case "not-remembered":
      return {
        fact: `the packet could not be written to the replay file: ${facts["reason"]}`,
        hint: "without that it could be replayed, so it opens nothing: is the disk full?",
      };
    case "too-old":
      return {
        fact: `timestamp ${facts["seconds"]} s old, limit ${facts["limit"]} s`,
        hint: "is the client's clock right?",
      };
    case "too-new":
      return {
        fact: `timestamp ${facts["seconds"]} s in the future, limit ${facts["limit"]} s`,
        hint: "is the client's clock right, and this server's?",
      };
    case "forgotten-time":
      return {
        fact:
          "packets of its time may have been accepted and forgotten: this server's clock went back",
        hint: "is this server's clock right? Later packets are taken",
      };
    case "source-address-required":
      return {
        fact: "the client left the address to the packet (-s), and REQUIRE_SOURCE_ADDRESS is on",
        hint: "knock with -a ADDRESS or -R",
      };
    case "forwarded-for-unusable":
      return {
        fact:
          "the client left the address to the packet (-s), and X-Forwarded-For does not hold one",
        hint: "let the proxy replace the header by its client's address, or knock with -a ADDRESS",
      };
    case "wrong-username":
      return {
        fact: `user name '${facts["username"]}', REQUIRE_USERNAME '${facts["required"]}'`,
        hint: `knock with -U ${facts["required"]}`,
      };
    case "link-local-address":
      return {
        fact: `${
          facts["address"]
        } is a link-local address, which another host may have on another link`,
        hint: "knock with -a and a global or unique local address of the client, or over IPv4",
      };
    case "nat-not-enabled":
      if (facts["line"] !== undefined) {
        return {
          fact: `the client asks for NAT, and the stanza has ${
            facts["line"]
          }: NAT requests are refused`,
          hint: `remove ${facts["line"]} from the stanza if this client may have it`,
        };
      }
      return {
        fact: "the client asks for NAT, which is not enabled",
        hint: facts["kind"] === "local"
          ? "set ENABLE_IPT_LOCAL_NAT Y in fwknopd.conf"
          : "set ENABLE_IPT_FORWARDING Y in fwknopd.conf",
      };
    case "command-not-allowed":
      return {
        fact: "the client sent a command, and the stanza runs none",
        hint: "set ENABLE_CMD_EXEC Y in the stanza only if this client may run any command here",
      };
    case "no-service-for-cycle":
      return {
        fact: "the client sent a command, and the stanza opens a service by CMD_CYCLE_OPEN",
        hint: "knock with -A, or give commands a stanza of their own",
      };
    case "port-denied":
      return {
        fact: facts["reason"] === "RESTRICT_PORTS"
          ? `${facts["service"]} is in RESTRICT_PORTS`
          : `${facts["service"]} is not in OPEN_PORTS`,
        hint: `add ${facts["service"]} to the stanza's OPEN_PORTS if this client may have it`,
      };
    case "nat-target-denied":
      return natTargetDenial(facts);
    case "nat-host-unknown":
    case "nat-host-busy":
      return {
        fact: `${facts["reason"]}`,
        hint: "let the client name an address, or a name this server can resolve (ENABLE_NAT_DNS)",
      };
    case "test-mode":
      return {
        fact: `everything is right; --test changes nothing (would ${
          facts["does"] === "run"
            ? `run ${facts["command"]}`
            : `open ${facts["services"]} for ${facts["address"]} for ${facts["granted"]} s`
        })`,
        hint: "run without -t to open it",
      };
    case "command-not-run":
      return {
        fact: `the command was not run: ${facts["reason"]}`,
        hint: "is the run directory writable, and do earlier commands come to an end?",
      };
    case "too-many-rules":
      return {
        fact: "the stanza has as many rules in force, or cycles open, as MAX_RULES allows",
        hint:
          "raise MAX_RULES in the stanza if its clients need them; fwknop fw-list shows who has them",
      };
    case "not-applied":
      return {
        fact: `the firewall refused: ${facts["reason"]}`,
        hint: "try the command it names by hand",
      };
  }
}

const GPG_ONLY: Explanation = {
  fact: "a packet of the symmetric cipher, and the stanza takes only GnuPG's",
  hint: "let the client use --gpg-recipient-key, or give the stanza KEY_BASE64",
};

function explainGpg(refusal: Refusal): Explanation {
  const { error } = refusal;
  const facts = quotedFacts(refusal);
  const reason = facts["gpg"] === undefined ? "" : `: ${facts["gpg"]}`;
  const fact = `${SPA_ERRORS[error ?? "GPGME_DECRYPT_FAILED"].text}${reason}`;
  switch (error) {
    case "GPGME_NO_SIGNATURE":
      return { fact, hint: "knock with --gpg-signer-key, so that the packet is signed" };
    case "GPGME_BAD_SIGNATURE":
      return {
        fact,
        hint: "is the client's key in GPG_HOME_DIR, and signed or trusted there (gpg --edit-key)?",
      };
    default:
      return {
        fact,
        hint:
          "are GPG_HOME_DIR, GPG_DECRYPT_PW and GPG_EXE right, and was it made for this server's key?",
      };
  }
}

/**
 * Explains the findings of `explain`: the fact in words, and what to change.
 *
 * @module
 */
import { oneLine } from "../one_line.ts";
import { DIGESTS } from "../crypto/digest.ts";
import { ENCRYPTION_MODES } from "../crypto/encryption_mode.ts";
import type { CipherFinding, HmacFinding, KeyReading, PacketFinding } from "../server/finding.ts";
import { stanzaText } from "./client_name.ts";
import type { Explanation } from "./explanation.ts";

/**
 * Explains a finding.
 *
 * @param name NAME of the stanza that it is about.
 */
export function explainFinding(finding: PacketFinding, name?: string): Explanation {
  switch (finding.kind) {
    case "hmac-match":
      return explainHmac(finding, name);
    case "cipher-match":
      return explainCipher(finding, name);
    case "no-hmac":
      return {
        fact: `the client used no HMAC; the encryption key of ${
          stanzaText(finding.stanza, name)
        } is right`,
        hint: "give the client HMAC_KEY_BASE64 and USE_HMAC Y",
      };
    case "unexpected-hmac":
      return {
        fact: `the client used an HMAC (${DIGESTS[finding.type].label} or as long), ` +
          `and ${stanzaText(finding.stanza, name)} has no key for it; its encryption key is right`,
        hint: "add the client's HMAC_KEY_BASE64 to the stanza",
      };
    case "other-addresses":
      return {
        fact: `${
          stanzaText(finding.stanza, name)
        }: ${finding.address} is not in its ${finding.list}`,
        hint: `add the address to the stanza's ${finding.list} if it is for this client`,
      };
    case "shape":
      return {
        fact: oneLine(finding.detail),
        hint: "was the packet cut, wrapped or escaped on its way?",
      };
    case "http-disabled":
      return {
        fact: "the packet is in an HTTP request",
        hint: "set ENABLE_SPA_OVER_HTTP Y in fwknopd.conf, or knock without -P http",
      };
    case "time-zone":
      return {
        fact: `that is ${
          Math.abs(finding.hours)
        } h, as with a clock that is set to another time zone`,
        hint: `at the client, compare date -u with the server's: it is ${
          finding.hours > 0 ? "behind" : "ahead"
        }`,
      };
    case "age-unchecked":
      return {
        fact: `timestamp ${Math.abs(finding.seconds)} s ${
          finding.seconds > 0 ? "old" : "in the future"
        }, but the server does not check ages`,
        hint: "set ENABLE_SPA_PACKET_AGING Y in fwknopd.conf",
      };
    case "recorded":
      return {
        // The server records a packet before it applies policy, so the file also holds packets that policy refused.
        fact: "the replay file has this packet: it was decrypted on the server, from here, " +
          "which does not say that it was granted",
        hint: "if it is sent again, the server refuses it as a replay",
      };
    case "not-captured":
      return {
        fact: `the server never sees it: ${oneLine(finding.filter)} leaves it out`,
        hint: "knock at the server's port (-p), or change the port or the filter of the server",
      };
    case "apart-from-that":
      return { fact: "apart from that:", hint: "" };
  }
}

function explainHmac(
  { stanza: number, role, reading, type, expected }: HmacFinding,
  name: string | undefined,
): Explanation {
  const stanza = stanzaText(number, name);
  const label = DIGESTS[type].label;
  const digest = type === expected ? "" : ` with ${label}, not ${DIGESTS[expected].label}`;
  if (role === "encryption") {
    return {
      fact: `the encryption key of ${stanza} made the HMAC${digest}: the two keys are swapped`,
      hint: "swap KEY and HMAC_KEY at one end",
    };
  }
  if (reading === "same") {
    return type === expected
      ? {
        fact: `the HMAC key of ${stanza} made it`,
        hint: "the lines above say why the stanza refused it: its SOURCE, DESTINATION or expiry",
      }
      : {
        fact: `the HMAC key of ${stanza} made it${digest}`,
        hint: `write HMAC_DIGEST_TYPE ${label} in the stanza, or the other at the client`,
      };
  }
  return {
    fact: `the HMAC key of ${stanza}, ${read(reading)}, made it${digest}`,
    hint: writeAs("HMAC_KEY", reading),
  };
}

function explainCipher(
  { stanza: number, role, reading, mode, expected }: CipherFinding,
  name: string | undefined,
): Explanation {
  const stanza = stanzaText(number, name);
  const label = ENCRYPTION_MODES[mode].label;
  const other = mode === expected
    ? ""
    : ` in mode ${label}, not ${ENCRYPTION_MODES[expected].label}`;
  if (role === "hmac") {
    return {
      fact: `the HMAC key of ${stanza} decrypts it${other}: the two keys are swapped`,
      hint: "swap KEY and HMAC_KEY at one end",
    };
  }
  if (reading === "same") {
    return mode === expected
      ? {
        fact: `the encryption key of ${stanza} decrypts it`,
        hint: "the client has the HMAC key of one stanza and the encryption key of another",
      }
      : {
        fact: `the encryption key of ${stanza} decrypts it${other}`,
        hint: `write ENCRYPTION_MODE ${label} in the stanza, or knock with the other (-M)`,
      };
  }
  return {
    fact: `the encryption key of ${stanza}, ${read(reading)}, decrypts it${other}`,
    hint: writeAs("KEY", reading),
  };
}

function read(reading: KeyReading): string {
  return reading === "base64" ? "read as base64" : "read as text";
}

/** The hint to write the key in the same way at both ends. @param reading how the client reads the key. */
function writeAs(name: "KEY" | "HMAC_KEY", reading: KeyReading): string {
  return reading === "base64"
    ? `write ${name}_BASE64 in the stanza, or ${name} at the client`
    : `write ${name} in the stanza, or ${name}_BASE64 at the client`;
}

/**
 * Calls the C library to judge our packets. Only its answers matter.
 *
 * @module
 */
import { textBytes } from "../../lib/crypto/bytes.ts";
import { DIGESTS } from "../../lib/crypto/digest.ts";
import { ENCRYPTION_MODES } from "../../lib/crypto/encryption_mode.ts";
import type { OpenOptions } from "../../lib/spa/packet.ts";
import type { Needs } from "./needs.ts";

const getter = { parameters: ["pointer", "buffer"], result: "i32" } as const;

const SYMBOLS = {
  /** const char * (int code) */
  fko_errstr: { parameters: ["i32"], result: "pointer" },
  /**
   * int (ctx **, const char *packet, const char *key, int length, int mode, const char *hmac key, int length,
   * int hmac type)
   */
  fko_new_with_data: {
    parameters: ["buffer", "buffer", "buffer", "i32", "i32", "buffer", "i32", "i32"],
    result: "i32",
  },
  fko_destroy: { parameters: ["pointer"], result: "i32" },
  // int (ctx, char **)
  fko_get_rand_value: getter,
  fko_get_username: getter,
  fko_get_version: getter,
  fko_get_spa_message: getter,
  fko_get_spa_nat_access: getter,
  fko_get_spa_server_auth: getter,
  // int (ctx, time_t *), (ctx, short *), (ctx, int *)
  fko_get_timestamp: getter,
  fko_get_spa_message_type: getter,
  fko_get_spa_client_timeout: getter,
} as const;

/** The fields of a packet, as the library decodes them. */
export interface LibfkoFields {
  readonly randomValue: string | undefined;
  readonly username: string | undefined;
  readonly timestamp: number;
  readonly version: string | undefined;
  readonly type: number;
  readonly message: string | undefined;
  readonly natAccess: string | undefined;
  readonly serverAuth: string | undefined;
  readonly clientTimeout: number;
}

/** The functions of the library that tests use. */
export interface Libfko {
  systemReasonOf(code: number): string;
  /** The fields of a packet text, or the number of the error. */
  open(packetText: string, options: OpenOptions): LibfkoFields | number;
}

/** The library, or `undefined` where it is not installed. */
export const libfko: Libfko | undefined = (() => {
  try {
    return wrap(Deno.dlopen("libfko.so.3", SYMBOLS).symbols);
  } catch {
    return undefined;
  }
})();

/** What a test against the library needs. */
export const LIBFKO_NEEDS: Needs = {
  blocker: libfko === undefined ? "libfko is not installed (package libfko3)" : undefined,
};

function wrap(symbols: Deno.StaticForeignLibraryInterface<typeof SYMBOLS>): Libfko {
  type Getter = (context: Deno.PointerValue, result: Uint8Array<ArrayBuffer>) => number;
  const text = (get: Getter, context: Deno.PointerValue): string | undefined => {
    const result = new BigUint64Array(1);
    get(context, new Uint8Array(result.buffer));
    return readText(Deno.UnsafePointer.create(result[0] ?? 0n));
  };
  const number = (get: Getter, context: Deno.PointerValue): number => {
    const result = new BigInt64Array(1);
    get(context, new Uint8Array(result.buffer));
    return Number(result[0]);
  };
  return {
    systemReasonOf: (code) => readText(symbols.fko_errstr(code)) ?? "",
    open: (packetText, { encryptionKey, mode, hmac }) => {
      const result = new BigUint64Array(1);
      const code = symbols.fko_new_with_data(
        new Uint8Array(result.buffer),
        textBytes(`${packetText}\0`),
        encryptionKey.slice(),
        encryptionKey.length,
        ENCRYPTION_MODES[mode].id,
        hmac === undefined ? null : hmac.key.slice(),
        hmac?.key.length ?? 0,
        hmac === undefined ? 0 : DIGESTS[hmac.type].id,
      );
      if (code !== 0) return code;
      const context = Deno.UnsafePointer.create(result[0] ?? 0n);
      const fields = {
        randomValue: text(symbols.fko_get_rand_value, context),
        username: text(symbols.fko_get_username, context),
        timestamp: number(symbols.fko_get_timestamp, context),
        version: text(symbols.fko_get_version, context),
        type: number(symbols.fko_get_spa_message_type, context),
        message: text(symbols.fko_get_spa_message, context),
        natAccess: text(symbols.fko_get_spa_nat_access, context),
        serverAuth: text(symbols.fko_get_spa_server_auth, context),
        clientTimeout: number(symbols.fko_get_spa_client_timeout, context),
      };
      symbols.fko_destroy(context);
      return fields;
    },
  };
}

function readText(pointer: Deno.PointerValue): string | undefined {
  return pointer === null ? undefined : new Deno.UnsafePointerView(pointer).getCString();
}

import { assertEquals } from "../../assert.ts";

Deno.test("key sets work without WebAssembly where the runtime has none", async () => {
  const script = `
    import { HmacKeySet } from "${import.meta.resolve("../../../lib/crypto/keyed_hmac.ts")}";
    import { isSimdSupported } from "${
    import.meta.resolve("../../../lib/crypto/hmac_sha256_simd.ts")
  }";
    import { hmac } from "${import.meta.resolve("../../../lib/crypto/hmac.ts")}";
    const [key, message] = [new Uint8Array(8), new Uint8Array(40)];
    const matches = new HmacKeySet("sha256", [key]).matches(message, hmac("sha256", key, message));
    console.log(typeof WebAssembly, isSimdSupported(), matches.join());
  `;
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      "--no-check",
      `--config=${config}`,
      "--v8-flags=--jitless",
      script,
    ],
    env: { NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "undefined false 0");
});

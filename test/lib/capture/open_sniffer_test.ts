import { assertEquals } from "../../assert.ts";

/** What `openSniffer` throws after a UDP server was open and the program dropped `ffi`: message and hint. */
async function failureWithoutFfi(settings: Record<string, unknown>): Promise<string[]> {
  const module = new URL("../../../lib/capture/open_sniffer.ts", import.meta.url).href;
  const udpServer = new URL("../../../lib/capture/udp_server.ts", import.meta.url).href;
  const code = `
    const { UdpServer } = await import(${JSON.stringify(udpServer)});
    new UdpServer(0).close();
    const { openSniffer } = await import(${JSON.stringify(module)});
    await Deno.permissions.revoke({ name: "ffi" });
    try {
      openSniffer(${JSON.stringify(settings)}, { notify: ({ text }) => console.log(text) });
    } catch (error) {
      console.log(error.message);
      console.log(error.hint);
    }
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

for (const fallback of [false, true]) {
  const name = fallback ? "with" : "without";
  Deno.test(`a reload that begins to sniff asks for a restart, ${name} a UDP port in place of libpcap`, async () => {
    const [message, hint, ...more] = await failureWithoutFfi({
      PCAP_INTF: "lo",
      PCAP_FILTER: "udp port 62201",
      MAX_SNIFF_BYTES: 1500,
      ENABLE_PCAP_FALLBACK_UDP: fallback,
      UDPSERV_PORT: 0,
    });
    assertEquals(
      message?.replace(/^libpcap\S*/, "libpcap"),
      "libpcap can only be loaded at the start of the server, so restart it",
    );
    assertEquals(hint, "Stop the server and start it again; a reload is not enough");
    assertEquals(more, []);
  });
}

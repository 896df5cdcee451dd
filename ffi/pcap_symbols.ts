/**
 * The functions of libpcap that the program calls (pcap(3PCAP), release 1.5 or newer).
 *
 * @module
 */

/** `pcap_t *` is an opaque pointer. Texts end with a zero byte. */
export const pcapSymbols = {
  pcap_create: {
    parameters: [
      "buffer", // const char *source
      "buffer", // char *errbuf, 256 bytes
    ],
    result: "pointer", // pcap_t * or NULL
  },
  pcap_open_dead: {
    parameters: [
      "i32", // int linktype
      "i32", // int snaplen
    ],
    result: "pointer", // pcap_t * or NULL
  },
  pcap_set_snaplen: {
    parameters: [
      "pointer", // pcap_t *p
      "i32", // int snaplen
    ],
    result: "i32", // 0, or PCAP_ERROR_ACTIVATED
  },
  pcap_set_promisc: {
    parameters: [
      "pointer", // pcap_t *p
      "i32", // int promisc
    ],
    result: "i32", // 0, or PCAP_ERROR_ACTIVATED
  },
  pcap_set_immediate_mode: {
    parameters: [
      "pointer", // pcap_t *p
      "i32", // int immediate_mode
    ],
    result: "i32", // 0, or PCAP_ERROR_ACTIVATED
  },
  pcap_set_buffer_size: {
    parameters: [
      "pointer", // pcap_t *p
      "i32", // int buffer_size
    ],
    result: "i32", // 0, or PCAP_ERROR_ACTIVATED
  },
  pcap_activate: {
    parameters: [
      "pointer", // pcap_t *p
    ],
    result: "i32", // 0, a warning above 0, an error below 0
  },
  pcap_open_offline: {
    parameters: [
      "buffer", // const char *fname
      "buffer", // char *errbuf, 256 bytes
    ],
    result: "pointer", // pcap_t * or NULL
  },
  pcap_setnonblock: {
    parameters: [
      "pointer", // pcap_t *p
      "i32", // int nonblock
      "buffer", // char *errbuf, 256 bytes
    ],
    result: "i32", // 0 or PCAP_ERROR
  },
  pcap_setdirection: {
    parameters: [
      "pointer", // pcap_t *p
      "i32", // pcap_direction_t: 0 both, 1 in, 2 out
    ],
    result: "i32", // 0 or PCAP_ERROR
  },
  pcap_compile: {
    parameters: [
      "pointer", // pcap_t *p
      "buffer", // struct bpf_program *fp, 16 bytes
      "buffer", // const char *str
      "i32", // int optimize
      "u32", // bpf_u_int32 netmask
    ],
    result: "i32", // 0 or PCAP_ERROR
  },
  pcap_setfilter: {
    parameters: [
      "pointer", // pcap_t *p
      "buffer", // struct bpf_program *fp
    ],
    result: "i32", // 0 or PCAP_ERROR
  },
  pcap_freecode: {
    parameters: [
      "buffer", // struct bpf_program *fp
    ],
    result: "void",
  },
  pcap_get_selectable_fd: {
    parameters: [
      "pointer", // pcap_t *p
    ],
    result: "i32", // descriptor or -1
  },
  pcap_datalink: {
    parameters: [
      "pointer", // pcap_t *p
    ],
    result: "i32", // DLT_ number
  },
  pcap_next_ex: {
    parameters: [
      "pointer", // pcap_t *p
      "buffer", // struct pcap_pkthdr **pkt_header
      "buffer", // const u_char **pkt_data
    ],
    result: "i32", // 1 packet, 0 none now, -1 error, -2 end of file
  },
  pcap_stats: {
    parameters: [
      "pointer", // pcap_t *p
      "buffer", // struct pcap_stat *ps: u_int received, dropped, dropped by the interface
    ],
    result: "i32", // 0 or PCAP_ERROR
  },
  pcap_geterr: {
    parameters: [
      "pointer", // pcap_t *p
    ],
    result: "pointer", // char *
  },
  pcap_statustostr: {
    parameters: [
      "i32", // int error
    ],
    result: "pointer", // const char *
  },
  pcap_close: {
    parameters: [
      "pointer", // pcap_t *p
    ],
    result: "void",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Copies from libpcap's memory without `UnsafePointerView`, which needs the `ffi` permission. */
export const copySymbols = {
  copy_from_address: {
    name: "memcpy",
    parameters: [
      "buffer", // void *dest
      "u64", // const void *src, an address that libpcap wrote into a buffer
      "u32", // size_t n; the register is zero-extended, and a number takes the fast path
    ],
    result: "void", // dest
  },
  copy_text: {
    name: "strncpy",
    parameters: [
      "buffer", // char *dest
      "pointer", // const char *src
      "u32", // size_t n
    ],
    result: "void", // dest
  },
} as const satisfies Deno.ForeignLibraryInterface;

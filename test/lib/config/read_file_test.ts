import { filesAndFolders, readConfigFile } from "../../../lib/config/read_file.ts";
import { assert, assertEquals } from "../../assert.ts";
import { withFolder } from "../../support/folder.ts";
import { testWhere } from "../../support/needs.ts";

function write(path: string, content: string | Uint8Array, mode: number): void {
  Deno.writeFileSync(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  Deno.chmodSync(path, mode);
}

function texts(path: string, role: "Config" | "Access" = "Config"): string[] {
  return readConfigFile(path, role).diagnostics.map(({ severity, text }) => `${severity}: ${text}`);
}

Deno.test("a file of the right mode is read without a warning, however long", async () => {
  await withFolder((folder) => {
    const path = `${folder}/f`;
    const content = "KEY gr\u00fcn\n".repeat(20000);
    write(path, content, 0o600);
    assertEquals(readConfigFile(path, "Config"), { text: content, diagnostics: [] });
  });
});

Deno.test("bytes that are not UTF-8 become U+FFFD", async () => {
  await withFolder((folder) => {
    write(`${folder}/f`, new Uint8Array([0x41, 0x20, 0xfc, 0x0a]), 0o600);
    assertEquals(readConfigFile(`${folder}/f`, "Config").text, "A \uFFFD\n");
  });
});

Deno.test("a mode that gives other users access is a warning, and the file is read", async () => {
  await withFolder((folder) => {
    const path = `${folder}/f`;
    for (const mode of [0o644, 0o700, 0o660, 0o604]) {
      write(path, "", 0o600);
      Deno.chmodSync(path, mode);
      assertEquals(texts(path), [
        `warning: [-] file: ${path} permissions should only be user read/write (0600, -rw-------)`,
      ]);
      assertEquals(readConfigFile(path, "Config").text, "");
    }
  });
});

Deno.test("a mode narrower than 0600, as systemd's credentials have, is no warning", async () => {
  await withFolder((folder) => {
    write(`${folder}/f`, "", 0o600);
    Deno.chmodSync(`${folder}/f`, 0o400);
    assertEquals(texts(`${folder}/f`), []);
  });
});

testWhere(
  "another owner is a warning, and an unreadable file an error",
  { root: true },
  () =>
    withFolder((folder) => {
      const path = `${folder}/f`;
      write(path, "", 0o600);
      Deno.chownSync(path, 65534, 65534);
      assertEquals(texts(path), [
        `warning: [-] file: ${path} not owned by current effective user id`,
      ]);
    }),
);

Deno.test("a path that is not a regular file is an error, and a FIFO does not block", async () => {
  await withFolder(async (folder) => {
    const { success } = await new Deno.Command("mkfifo", { args: [`${folder}/p`] }).output();
    assert(success);
    for (const path of [folder, `${folder}/p`, "/dev/null"]) {
      assertEquals(texts(path), [
        `error: [-] file: ${path} is not a regular file or symbolic link.`,
      ]);
      assertEquals(readConfigFile(path, "Config").text, undefined);
    }
  });
});

Deno.test("a link to a file is read as the file", async () => {
  await withFolder((folder) => {
    write(`${folder}/f`, "x", 0o600);
    Deno.symlinkSync(`${folder}/f`, `${folder}/l`);
    assertEquals(readConfigFile(`${folder}/l`, "Access").text, "x");
  });
});

Deno.test("the error about a missing file names its role", async () => {
  await withFolder((folder) => {
    assertEquals(texts(`${folder}/x`), [`error: [*] Config file: '${folder}/x' was not found.`]);
    assertEquals(texts(`${folder}/x`, "Access"), [
      `error: [*] Access file: '${folder}/x' was not found.`,
    ]);
  });
});

Deno.test("a path through a file is an error with the system's reason", async () => {
  await withFolder((folder) => {
    write(`${folder}/f`, "", 0o600);
    assertEquals(texts(`${folder}/f/x`, "Access"), [
      `error: [*] Could not open access file: ${folder}/f/x: Not a directory`,
    ]);
  });
});

Deno.test("folders of this system are found", async () => {
  await withFolder((folder) => {
    write(`${folder}/a.conf`, "", 0o600);
    assertEquals(filesAndFolders.list(folder), ["a.conf"]);
    assertEquals(filesAndFolders.list(`${folder}/x`), undefined);
    assertEquals([filesAndFolders.isFolder(folder), filesAndFolders.isFolder(`${folder}/a.conf`)], [
      true,
      false,
    ]);
  });
});

testWhere(
  "a file of another user is read, and is exposed",
  { root: true },
  () =>
    withFolder((folder) => {
      const path = `${folder}/f`;
      write(path, "x", 0o600);
      assertEquals(readConfigFile(path, "Access").exposure, undefined);
      Deno.chownSync(path, 65534, 65534);
      const { text, exposure } = readConfigFile(path, "Access");
      assertEquals([text, exposure?.text], ["x", `user 65534 owns ${path}`]);
      assertEquals(filesAndFolders.exposure(path), exposure);
      assertEquals(filesAndFolders.exposure(`${folder}/none`), undefined);
    }),
);

Deno.test("the hint about a missing file gives the commands that make it", async () => {
  await withFolder((folder) => {
    const hint = (role: "Config" | "Access") =>
      readConfigFile(`${folder}/fwknopd.conf`, role).diagnostics[0]?.hint ?? "";
    const make = `mkdir -p -m 700 ${folder} && umask 077 && fwknop print`;
    assertEquals(
      hint("Config"),
      `To make it: ${make} fwknopd.conf > ${folder}/fwknopd.conf\n  -c FILE names another one`,
    );
    assert(hint("Access").includes(`${make} access.conf > `));
    assert(hint("Access").includes(` --install --access-file ${folder}/fwknopd.conf\n`));
    // The name in older guides.
    write(`${folder}/fwknop.conf`, "", 0o600);
    const move =
      `${folder}/fwknop.conf is there: mv ${folder}/fwknop.conf ${folder}/fwknopd.conf\n`;
    assert(hint("Config").startsWith(move));
    for (const path of ["fwknopd.conf", "/fwknopd.conf"]) {
      const relative = readConfigFile(`${path}.no`, "Config").diagnostics[0]?.hint;
      assert(relative?.includes(`mkdir -p -m 700 ${path.startsWith("/") ? "/" : "."} `), relative);
    }
  });
});

Deno.test("a byte order mark is dropped, and a file in UTF-16 is an error that names the encoding", async () => {
  await withFolder((folder) => {
    write(`${folder}/f`, "\ufeffSOURCE ANY\n", 0o600);
    assertEquals(readConfigFile(`${folder}/f`, "Access").text, "SOURCE ANY\n");
    write(`${folder}/f`, new Uint8Array([0xff, 0xfe, 0x41, 0]), 0o600);
    assertEquals(texts(`${folder}/f`), [`error: [*] ${folder}/f is in UTF-16, must be in UTF-8`]);
  });
});

/**
 * The rules about single files, as a plugin of `deno lint` (`docs/architecture.md`). They keep the product apart from
 * the process that it runs in.
 *
 * @module
 */

/** Top folder of a file inside the tree, or the file's own name at the top. */
function topOf(filename: string): string {
  const path = filename.replaceAll("\\", "/");
  const match = /(?:^|\/)(lib|cmd|ffi|scripts|test)\/(?!.*\/(?:lib|cmd|ffi)\/)/.exec(path);
  return match?.[1] ?? path.slice(path.lastIndexOf("/") + 1);
}

/** Members of `Deno` that belong to the process, with the folders that may not touch them. */
const PROCESS_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  args: ["lib", "ffi"],
  exit: ["lib", "ffi", "cmd"],
  exitCode: ["lib", "ffi", "cmd"],
};

/** Members of `Deno` that start programs. */
const STARTERS = /^(Command|run|spawn|spawnAndWait|spawnAndWaitSync)$/;

const PRINTERS = ["alert", "prompt", "confirm"];

const PRODUCT = ["lib", "cmd", "ffi", "main.ts"];

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "dlopen-only-in-ffi": {
      create(context) {
        const top = topOf(context.filename);
        if (top === "ffi" || !PRODUCT.includes(top)) return {};
        return {
          'MemberExpression[object.name="Deno"][property.name="dlopen"]'(node) {
            context.report({ node, message: "Deno.dlopen belongs in ffi/" });
          },
        };
      },
    },
    "programs-only-in-exec": {
      create(context) {
        const path = context.filename.replaceAll("\\", "/");
        if (!PRODUCT.includes(topOf(path)) || path.includes("/lib/exec/")) return {};
        return {
          MemberExpression(node) {
            if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
            if (node.object.name !== "Deno" || !STARTERS.test(node.property.name)) return;
            context.report({ node, message: "Programs are started by lib/exec/ only" });
          },
        };
      },
    },
    "process-stays-outside": {
      create(context) {
        const top = topOf(context.filename);
        return {
          "MemberExpression[object.property.name=/^std(out|err)$/][property.name=/^writ/]"(node) {
            // The daemon reports its readiness to the process that started it, on a pipe in place of its output.
            const isDaemon = context.filename.includes("/lib/daemon/");
            if (["lib", "ffi"].includes(top) && !isDaemon) {
              context.report({ node, message: `${top}/ never prints: it returns values` });
            }
          },
          MemberExpression(node) {
            if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
            const { name } = node.property;
            if (node.object.name === "Deno" && PROCESS_MEMBERS[name]?.includes(top)) {
              context.report({ node, message: `${top}/ may not use Deno.${name}` });
            }
            if (node.object.name === "console" && PRODUCT.includes(top)) {
              context.report({ node, message: "The product prints through its Context only" });
            }
          },
          CallExpression(node) {
            if (node.callee.type !== "Identifier" || !PRODUCT.includes(top)) return;
            if (PRINTERS.includes(node.callee.name)) {
              context.report({ node, message: "The product prints through its Context only" });
            }
          },
        };
      },
    },
    "no-node-builtin": {
      create(context) {
        if (!PRODUCT.includes(topOf(context.filename))) return {};
        const check = (node: Deno.lint.Node, source: Deno.lint.Node | null): void => {
          if (source?.type !== "Literal" || typeof source.value !== "string") return;
          if (!source.value.startsWith("node:")) return;
          context.report({ node, message: `${source.value} costs 12 to 40 ms at every start` });
        };
        return {
          ImportDeclaration: (node) => check(node, node.source),
          ImportExpression: (node) => check(node, node.source),
          ExportNamedDeclaration: (node) => check(node, node.source),
          ExportAllDeclaration: (node) => check(node, node.source),
        };
      },
    },
  },
};

export default plugin;

/**
 * `deno task coverage`: runs every test, and prints the share of lines of each folder that they ran. Our programs
 * that the tests start count too.
 *
 * @module
 */
import { coverageByFolder, formatCoverage } from "./coverage_summary.ts";
import { useOwnHome } from "./own_home.ts";
import { mustRun, ROOT } from "./process.ts";
import { runAllTests } from "./run_tests.ts";
import { planTests, testFiles } from "./test_plan.ts";

if (import.meta.main) {
  useOwnHome();
  const folder = await Deno.makeTempDir({ prefix: "fwknop-coverage-" });
  try {
    const words = ["--coverage-raw-data-only", `--coverage=${folder}`];
    const { remark = "", failed } = await runAllTests(planTests(testFiles(ROOT)), words, {
      DENO_COVERAGE_DIR: folder,
    });
    console.log(remark);
    const lcov = await mustRun(Deno.execPath(), ["coverage", "--lcov", folder], { cwd: ROOT });
    for (const line of formatCoverage(coverageByFolder(lcov, ROOT))) console.log(line);
    if (failed > 0) Deno.exit(1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

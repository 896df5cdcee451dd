import { assertEquals } from "../../assert.ts";
import { activeUnits, enabledUnits } from "../../../lib/install/systemd.ts";
import { isSystemdRunning } from "../../../lib/daemon/service_manager.ts";
import { testWhere } from "../../support/needs.ts";

testWhere(
  "where systemd is not the init, no service of ours runs or is enabled",
  { blocker: isSystemdRunning() ? "systemd is the init of this host" : undefined },
  async () => {
    assertEquals(await activeUnits(), []);
    assertEquals(await enabledUnits(), []);
  },
);

/**
 * Checks that what ZSEI keeps is whole. {@link studio.ozone.zsei.integrity.PeriodicIntegrity} is the service and looks at the clock,
 * {@link studio.ozone.zsei.integrity.Scanner} runs the inspections that bundles offer, {@link studio.ozone.zsei.integrity.LastScan} keeps
 * what came of the last scan.
 */
@Toggle(pid = "ozone.zsei.integrity", key = "enabled")
package studio.ozone.zsei.integrity;

import studio.ozone.api.capability.Toggle;

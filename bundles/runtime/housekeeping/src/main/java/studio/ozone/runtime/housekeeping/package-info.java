/**
 * Housekeeping, now or by the clock. {@link studio.ozone.runtime.housekeeping.LocalHousekeeping} is the service,
 * {@link studio.ozone.runtime.housekeeping.Times} reads the five fields, {@link studio.ozone.runtime.housekeeping.ScheduleFile} keeps schedules
 * over restarts, {@link studio.ozone.runtime.housekeeping.MemoryChore} is the last step of every run.
 */
package studio.ozone.runtime.housekeeping;

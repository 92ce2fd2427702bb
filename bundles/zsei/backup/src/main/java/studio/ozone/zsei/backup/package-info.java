/** Backups of the store, their restoring, and export and import in a format that people can read. */
package studio.ozone.zsei.backup;

/** Files that survive a crash whole. */
package studio.ozone.runtime.files;

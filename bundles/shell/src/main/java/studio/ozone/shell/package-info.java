/** The {@code ozone:*} commands: in the interactive shell, and behind {@code ./ozone-core}. One small class a command. */
package studio.ozone.shell;

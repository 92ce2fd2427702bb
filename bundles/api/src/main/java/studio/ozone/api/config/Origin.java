package studio.ozone.api.config;

/**
 * Where a change comes from, for the record.
 *
 * @param way {@code command}, {@code shell}, {@code http}, {@code console}, {@code file}, {@code environment}
 * @param user the name of the one who is logged in there, or of the operating system's user; never empty
 */
public record Origin(String way, String user) { }

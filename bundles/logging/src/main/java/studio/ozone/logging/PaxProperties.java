package studio.ozone.logging;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Our settings in the words of Pax Logging, which hands them to Log4j 2. The rest of its configuration, such as levels that somebody
 * set in the shell, stays as it is.
 */
final class PaxProperties {

    static final String ROOT_LEVEL = "log4j2.rootLogger.level";
    static final String FILE = "log4j2.appender.file.fileName";
    private static final String APPENDER = "log4j2.appender.file.";
    private static final String STRATEGY = APPENDER + "strategy.";
    private static final String COUNT = STRATEGY + "delete.ifFileName.ifCount.";
    /** What is ours among the loggers. An id has letters and underscores only, or Karaf's shell does not see it. */
    private static final String LOGGER = "log4j2.logger.component_";
    private static final String PRODUCT = "studio.ozone.";

    private PaxProperties() {
    }

    /** Whether there is the appender whose file we govern. */
    static boolean hasOurFile(Map<String, Object> now) {
        return "RollingFile".equals(now.get(APPENDER + "type")) && now.get(FILE) != null;
    }

    /**
     * @param now the whole configuration of Pax Logging, with {@link #hasOurFile our appender}
     * @return the whole configuration as it should be
     */
    static Map<String, Object> with(Map<String, Object> now, Rotation rotation, String level, Map<String, String> components) {
        Map<String, Object> wanted = new TreeMap<>(now);
        String file = now.get(FILE).toString();
        wanted.put(ROOT_LEVEL, level.toUpperCase(Locale.ROOT));
        wanted.put(APPENDER + "filePattern", file + ".%i" + (rotation.compress() ? ".gz" : ""));
        wanted.put(APPENDER + "policies.size.size", rotation.maxSizeMb() + "MB");
        // Nothing is renamed, and the oldest go by their count, compressed or not.
        wanted.put(STRATEGY + "fileIndex", "nomax");
        wanted.put(STRATEGY + "delete.type", "Delete");
        wanted.put(STRATEGY + "delete.basePath", file.substring(0, Math.max(0, file.lastIndexOf('/'))));
        wanted.put(STRATEGY + "delete.maxDepth", "1");
        wanted.put(STRATEGY + "delete.ifFileName.type", "IfFileName");
        wanted.put(STRATEGY + "delete.ifFileName.glob", file.substring(file.lastIndexOf('/') + 1) + ".*");
        wanted.put(COUNT + "type", "IfAccumulatedFileCount");
        wanted.put(COUNT + "exceeds", String.valueOf(rotation.maxFiles()));
        wanted.keySet().removeIf(key -> key.startsWith(LOGGER));
        components.forEach((component, its) -> {
            String id = LOGGER + component.replace(".", "__");
            wanted.put(id + ".name", PRODUCT + component);
            wanted.put(id + ".level", its.toUpperCase(Locale.ROOT));
        });
        return wanted;
    }
}

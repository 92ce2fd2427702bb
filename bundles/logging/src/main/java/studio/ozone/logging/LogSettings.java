package studio.ozone.logging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.TreeMap;

import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.config.AnyKey;
import studio.ozone.api.config.Facts;

/**
 * Makes Pax Logging do what the tables {@code logging…} say, while it runs. Pax Logging itself starts long before there is a
 * configuration, with {@code etc/org.ops4j.pax.logging.cfg}; where that already says the same, nothing is done.
 *
 * <p>Immediate, because nobody asks for it.
 */
@Component(service = ConfigurationListener.class, immediate = true, configurationPid = {LogSettings.PID, LogSettings.FILE_PID})
public final class LogSettings implements ConfigurationListener {

    static final String PID = "ozone.logging";
    static final String FILE_PID = "ozone.logging.file";
    static final String COMPONENTS_PID = "ozone.logging.components";
    static final String PAX_PID = "org.ops4j.pax.logging";
    private static final Logger LOG = LoggerFactory.getLogger(LogSettings.class);

    @ObjectClassDefinition(pid = PID, name = "Log", description = "What is written to the log.")
    public @interface Config {

        @AttributeDefinition(description = "The least important that is written.", options = {@Option("trace"), @Option("debug"),
            @Option("info"), @Option("warn"), @Option("error"), @Option("off")})
        @Facts(advice = "info is an operator's diary; debug for the time that a problem is looked for. The framework's own parts stay at warn, "
            + "and single parts of the product can be set apart below [logging.components].")
        String level() default "info";
    }

    @ObjectClassDefinition(pid = FILE_PID, name = "Log file", description = "The log file and its predecessors (guide, section 5).")
    public @interface FileConfig {

        @AttributeDefinition(description = "Size at which a new log file is begun.", min = "1", max = "10000")
        @Facts(unit = "MiB", advice = "50 where disk space is short. A file is larger than this by at most the line that filled it.")
        int max__size__mb() default 100;

        @AttributeDefinition(description = "Log files kept beside the one that is written.", min = "1", max = "1000")
        @Facts(unit = "files", advice = "5 where disk space is short; the oldest go at once when this is lowered.")
        int max__files() default 10;

        @AttributeDefinition(description = "Whether a log file is compressed when a new one is begun.")
        @Facts(advice = "Leave it on: a log shrinks to a tenth, and ozone-core logs reads it all the same.")
        boolean compress__rotated() default true;
    }

    /** Nothing is named here: the keys are names of parts of the product. */
    @ObjectClassDefinition(pid = COMPONENTS_PID, name = "Log of single parts",
            description = "Level of one part of the product, by the name of its table: zsei, zsei.index, llm.")
    @AnyKey(values = {"trace", "debug", "info", "warn", "error", "off"}, advice = "debug for the part that is looked at, while the rest stays quiet.")
    public @interface Components { }

    private final ConfigurationAdmin admin;
    private volatile Config config;
    private volatile FileConfig fileConfig;

    @Activate
    public LogSettings(@Reference ConfigurationAdmin admin, Config config, FileConfig fileConfig) {
        this.admin = admin;
        reconfigure(config, fileConfig);
    }

    @Modified
    void reconfigure(Config now, FileConfig nowFile) {
        config = now;
        fileConfig = nowFile;
        apply();
    }

    @Override
    public void configurationEvent(ConfigurationEvent event) {
        if (event.getPid().equals(COMPONENTS_PID) || event.getPid().startsWith(COMPONENTS_PID + ".")) {
            apply();
        }
    }

    private synchronized void apply() {
        Rotation rotation = new Rotation(fileConfig.max__size__mb(), fileConfig.max__files(), fileConfig.compress__rotated());
        try {
            Configuration pax = admin.getConfiguration(PAX_PID, "?");
            Map<String, Object> now = map(pax.getProperties());
            if (!PaxProperties.hasOurFile(now)) {
                LOG.warn("etc/{}.cfg has no appender 'file' of the type RollingFile; the tables logging have no effect", PAX_PID);
                return;
            }
            Map<String, Object> wanted = PaxProperties.with(now, rotation, config.level(), components());
            if (!wanted.equals(now)) {
                pax.update(new Hashtable<>(wanted));
            }
            Path file = Path.of(now.get(PaxProperties.FILE).toString());
            if (Files.exists(file)) {
                rotation.prune(file);
            }
        } catch (IOException e) {
            LOG.warn("The settings of the log could not be put in force", e);
        }
    }

    /** Part of the product to its level. */
    private Map<String, String> components() throws IOException {
        Map<String, String> levels = new TreeMap<>();
        try {
            Configuration[] found = admin.listConfigurations("(|(service.pid=" + COMPONENTS_PID + ")(service.pid=" + COMPONENTS_PID + ".*))");
            for (Configuration each : found == null ? new Configuration[0] : found) {
                String table = each.getPid().substring(COMPONENTS_PID.length());
                map(each.getProperties()).forEach((key, level) -> {
                    if (!key.contains(".")) {                     // one with a dot is Config Admin's own
                        levels.put((table + "." + key).substring(1), level.toString());
                    }
                });
            }
        } catch (InvalidSyntaxException e) {
            throw new IOException(e);
        }
        return levels;
    }

    private static Map<String, Object> map(Dictionary<String, Object> properties) {
        Map<String, Object> map = new TreeMap<>();
        if (properties != null) {
            Collections.list(properties.keys()).forEach(key -> map.put(key, properties.get(key)));
        }
        return map;
    }
}

package studio.ozone.runtime.capabilities;

import java.io.IOException;
import java.util.Dictionary;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the configuration says about switches. A value that is no boolean leaves the last good one in force. */
final class SwitchValues {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchValues.class);

    private final ConfigurationAdmin admin;
    private final Map<Switch, Boolean> lastGood = new ConcurrentHashMap<>();
    private final Map<Switch, String> wrong = new ConcurrentHashMap<>();

    SwitchValues(ConfigurationAdmin admin) {
        this.admin = admin;
    }

    boolean all(List<Switch> switches) {
        return switches.stream().allMatch(this::value);
    }

    /** Whether all would be on with other values. @param other full key to value; null for one that nobody would set */
    boolean all(List<Switch> switches, Map<String, Object> other) {
        return switches.stream().allMatch(each -> {
            if (!other.containsKey(each.fullKey())) {
                return value(each);
            }
            Object set = other.get(each.fullKey());
            String text = set == null ? String.valueOf(each.byDefault()) : set.toString().strip().toLowerCase(Locale.ROOT);
            return text.equals("true") || !text.equals("false") && value(each);
        });
    }

    /** The switch that is to be named first: the one that keeps the bundle off, else its own. */
    Switch deciding(List<Switch> switches) {
        return switches.stream().filter(each -> !value(each)).findFirst().orElse(switches.getFirst());
    }

    boolean value(Switch toggle) {
        Object set = read(toggle);
        if (set == null) {
            wrong.remove(toggle);
            lastGood.remove(toggle);
            return toggle.byDefault();
        }
        String text = set.toString().strip().toLowerCase(Locale.ROOT);
        if (text.equals("true") || text.equals("false")) {
            wrong.remove(toggle);
            lastGood.put(toggle, text.equals("true"));
            return text.equals("true");
        }
        boolean kept = lastGood.getOrDefault(toggle, toggle.byDefault());
        String message = toggle.fullKey() + " = " + set + " is neither true nor false; " + kept + " stays in force. Set it to true or false.";
        if (!message.equals(wrong.put(toggle, message))) {
            LOG.warn(message);
        }
        return kept;
    }

    /** Switches whose value is no boolean, one sentence each. */
    List<String> problems() {
        return wrong.values().stream().sorted().toList();
    }

    private Object read(Switch toggle) {
        try {
            Configuration[] found = admin.listConfigurations("(service.pid=" + toggle.pid() + ")");
            Dictionary<String, Object> properties = found == null ? null : found[0].getProperties();
            return properties == null ? null : properties.get(toggle.key());
        } catch (IOException | InvalidSyntaxException e) {
            LOG.warn("{} cannot be read from Config Admin, so the switch stays as it is", toggle.fullKey(), e);
            return lastGood.get(toggle);
        }
    }
}

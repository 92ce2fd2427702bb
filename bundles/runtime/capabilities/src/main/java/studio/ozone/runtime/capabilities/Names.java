package studio.ozone.runtime.capabilities;

/** How a capability is called in each place; see the law of names in the architecture page. */
final class Names {

    private static final String SYMBOLIC_NAME = "studio.ozone.";
    private static final String PID = "ozone.";

    private Names() {
    }

    /** The symbolic name without {@code studio.ozone.}; a third party's stays as it is. */
    static String capability(String symbolicName) {
        return symbolicName.startsWith(SYMBOLIC_NAME) ? symbolicName.substring(SYMBOLIC_NAME.length()) : symbolicName;
    }

    /** The Karaf feature of a capability. */
    static String feature(String capability) {
        return "ozone-" + capability.replace('.', '-').replace('_', '-');
    }

    /** The PID of a configuration table. */
    static String pid(String table) {
        return PID + table;
    }

    /** The full key, as in TOML. */
    static String key(String pid, String key) {
        return (pid.startsWith(PID) ? pid.substring(PID.length()) : pid) + "." + key;
    }
}

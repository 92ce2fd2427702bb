package studio.ozone.api.config;

import java.util.List;

import org.osgi.annotation.versioning.ProviderType;

/** What fits the machine that the instance runs on, by the tuning guide. Looks at it when asked, not before; sets nothing. */
@ProviderType
public interface Recommendations {

    /** Stands for what could not be found out. */
    String UNKNOWN = "unknown";

    /**
     * Something about the machine.
     *
     * @param name for instance {@code memory}
     * @param value in words with its unit; {@link #UNKNOWN} where it could not be found out
     * @param source where it was read, or why it is not known
     */
    record Figure(String name, String value, String source) { }

    /**
     * A value for a key.
     *
     * @param key the full key
     * @param value of the key's type; null where no value can be named, and {@code why} says what is missing
     * @param now the value in force
     * @param profile the value that the recommended profile has; null where it does not set the key
     * @param why the sum or the rule that led to the value
     */
    record Advice(String key, Object value, Object now, Object profile, String why) { }

    /**
     * @param machine what was found out
     * @param tier of the guide: {@code minimum}, {@code recommended}, {@code power}; {@code below minimum}; {@link #UNKNOWN}
     * @param profile name of the profile for that tier
     * @param why how the tier follows from the machine
     * @param advice what to set apart from the profile
     * @param notes sentences for the user
     */
    record Recommendation(List<Figure> machine, String tier, String profile, String why, List<Advice> advice, List<String> notes) { }

    /** Takes up to some seconds, since it may ask the driver of a GPU. */
    Recommendation recommend();
}

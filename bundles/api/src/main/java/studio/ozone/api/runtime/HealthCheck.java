package studio.ozone.api.runtime;

import org.osgi.annotation.versioning.ConsumerType;

/** A service that says whether one part of the instance works. Each bundle brings its own; {@link Health} gathers them. */
@ConsumerType
public interface HealthCheck {

    /** How well a part works. */
    enum Status { OK, WARN, FAIL }

    /**
     * @param name the part, for instance {@code zsei.store}
     * @param status how well it works
     * @param message one line for an operator; where the status is not OK, it names the cause and the remedy
     * @param gate whether the instance is not ready while this one fails
     */
    record Result(String name, Status status, String message, boolean gate) { }

    /** Looks now; takes a few milliseconds at most, and throws nothing. */
    Result check();
}

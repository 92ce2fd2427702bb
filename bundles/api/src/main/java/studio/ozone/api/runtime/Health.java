package studio.ozone.api.runtime;

import java.util.List;

import org.osgi.annotation.versioning.ProviderType;

/** The state of the instance, gathered from every {@link HealthCheck}. */
@ProviderType
public interface Health {

    /**
     * @param ready whether commands can be served: no gating check fails
     * @param checks sorted by name
     * @param rssBytes resident memory of the process; -1 where the system does not tell
     * @param rssAnonBytes the part of it that no file backs; -1 where the system does not tell
     * @param uptimeMs since the start of the process
     */
    record Report(boolean ready, List<HealthCheck.Result> checks, long rssBytes, long rssAnonBytes, long uptimeMs) { }

    Report report();
}

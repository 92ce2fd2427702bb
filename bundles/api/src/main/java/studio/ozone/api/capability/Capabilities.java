package studio.ozone.api.capability;

import java.util.List;
import java.util.Optional;

import org.osgi.annotation.versioning.ProviderType;

/** Everything that can be switched, as it is now. Switching is done through the configuration alone. */
@ProviderType
public interface Capabilities {

    /**
     * Tokens and times of answers, as a provider counts those that it gave, or a pipeline those that it had from any; since the capability's
     * last start.
     *
     * @param input tokens of the prompts
     * @param output tokens of the answers
     * @param perSecond tokens a second of the latest answer; null while there is none
     * @param firstTokenMs from the request to the first piece, the median of late; null while there is none
     * @param queueMs until it was a request's turn, the median of late; null while there is none
     */
    record Tokens(long input, long output, Double perSecond, Double firstTokenMs, Double queueMs) { }

    /**
     * One bundle that declares a {@link Toggle}.
     *
     * @param name the symbolic name without {@code studio.ozone.}, for instance {@code pipeline.text_analysis}
     * @param bundle the symbolic name
     * @param version the bundle's version
     * @param state {@code active}, {@code stopped}, or the name of a failure ({@code unresolved}, {@code unsatisfied})
     * @param key the full key that governs it, for instance {@code pipeline.built_in.text_analysis_enabled}
     * @param value what the key holds, {@code true} or {@code false}
     * @param setBy who set it: {@code default}, or a file's name with its line, or {@code environment}
     * @param threads threads alive in its own pools
     * @param working requests and tasks that it works on or that wait in its pools at this moment
     * @param cpuMs CPU milliseconds of its own pools since the start of the process, over restarts of the bundle
     * @param allocatedBytes bytes allocated by its own pools since the start of the process, over restarts of the bundle
     * @param childBytes resident memory of the process that it has started, which is not the core's; 0 while there is none
     * @param childCpuMs CPU milliseconds of that process since its start; 0 while there is none
     * @param tokens what answers in words have taken; null where it has no part in any
     */
    record Capability(String name, String bundle, String version, String state, String key, boolean value, String setBy,
            int threads, int working, long cpuMs, long allocatedBytes, long childBytes, long childCpuMs, Tokens tokens) { }

    /** All capabilities, sorted by name. */
    List<Capability> list();

    Optional<Capability> find(String name);

    /**
     * Why a capability does not answer, and what to do about it, in one line for a user: switched off (names the key, who
     * set it, and the command that switches it on), failed, or not installed (names the feature).
     */
    String whyAbsent(String name);
}

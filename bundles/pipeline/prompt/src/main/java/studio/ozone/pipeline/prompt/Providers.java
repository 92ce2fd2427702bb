package studio.ozone.pipeline.prompt;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.PipelineException;

/** The providers that are there at the moment, and which of them answers. Thread-safe. */
final class Providers {

    /** What {@code llm.default_provider} holds while nobody sets it. */
    static final String UNSET = "local";

    private final Map<Provider, Integer> rankings = new ConcurrentHashMap<>();

    void add(Provider provider, Map<String, ?> properties) {
        rankings.put(provider, properties.get("service.ranking") instanceof Integer ranking ? ranking : 0);
    }

    void remove(Provider provider) {
        rankings.remove(provider);
    }

    /**
     * @param asked the name in the request; null where it names none
     * @param configured the value of {@code llm.default_provider}
     * @param notes told where the configured one cannot answer and another does
     * @throws PipelineException UNAVAILABLE if the one asked for, or any at all, cannot answer; names the remedy
     */
    Provider choose(String asked, String configured, Capabilities capabilities, Consumer<String> notes) throws PipelineException {
        if (asked != null && !asked.isBlank()) {
            Provider provider = named(asked).orElseThrow(() -> new PipelineException(PipelineException.Code.UNAVAILABLE,
                    "There is no provider " + asked + "; " + available() + ". " + capabilities.whyAbsent("llm." + asked)));
            try {
                provider.check();
            } catch (ProviderException e) {
                throw new PipelineException(PipelineException.Code.UNAVAILABLE, e.getMessage(), e);
            }
            return provider;
        }
        Optional<Provider> wanted = named(configured);
        if (wanted.isPresent()) {
            try {
                wanted.get().check();
                return wanted.get();
            } catch (ProviderException e) {
                return instead(configured, e.getMessage(), capabilities, notes);
            }
        }
        boolean unset = configured.isBlank() || configured.equals(UNSET) && capabilities.find("llm." + configured).isEmpty();
        return instead(configured, capabilities.whyAbsent("llm." + configured), capabilities, unset ? note -> { } : notes);
    }

    /**
     * The provider that needs no model, in place of one that cannot answer.
     *
     * @param why it cannot, and what cures that
     * @param notes told both
     */
    Provider instead(String of, String why, Capabilities capabilities, Consumer<String> notes) throws PipelineException {
        Provider quoting = byRank().stream().filter(provider -> provider.mode() == Provider.Mode.EXTRACTIVE).findFirst()
                .orElseThrow(() -> new PipelineException(PipelineException.Code.UNAVAILABLE, "No provider can answer. " + why + " "
                        + capabilities.whyAbsent("llm.extractive")));
        notes.accept("Quoted by " + quoting.name() + ", since " + of + " (llm.default_provider) cannot answer: " + why);
        return quoting;
    }

    private Optional<Provider> named(String name) {
        return byRank().stream().filter(provider -> provider.name().equals(name)).findFirst();
    }

    private String available() {
        String names = byRank().stream().map(Provider::name).distinct().collect(Collectors.joining(", "));
        return names.isEmpty() ? "none is running" : "running: " + names;
    }

    private List<Provider> byRank() {
        return rankings.entrySet().stream()
                .sorted(Map.Entry.<Provider, Integer>comparingByValue(Comparator.reverseOrder()).thenComparing(entry -> entry.getKey().name()))
                .map(Map.Entry::getKey).toList();
    }
}

package studio.ozone.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.api.config.Settings.Problem;

/** Values that are right each for itself and contradict each other, or are of no use together. */
final class Consistency {

    private static final String MAX_CONTEXT = "llm.prompt.max_context_tokens";
    private static final String RESERVE = "llm.prompt.reserve_output_tokens";
    private static final String HTTP_PORT = "web.http.port";
    private static final String PROMETHEUS = "monitoring.prometheus.enabled";
    private static final String ENDPOINT = "monitoring.prometheus.endpoint";
    private static final String GLOBAL = "zsei.global_storage_path";
    private static final String LOCAL = "zsei.local_storage_path";
    private static final String EF_CONSTRUCTION = "zsei.embeddings.hnsw.ef_construction";
    private static final String M = "zsei.embeddings.hnsw.m";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

    /** Two keys that cannot have these values at once. */
    record Clash(String one, String other, String message) {

        boolean sameKeys(Clash clash) {
            return one.equals(clash.one) && other.equals(clash.other);
        }
    }

    private final InForce state;

    Consistency(InForce state) {
        this.state = state;
    }

    List<Clash> clashes() {
        List<Clash> clashes = new ArrayList<>();
        if (state.value(RESERVE) instanceof Number reserve && state.value(MAX_CONTEXT) instanceof Number most
                && reserve.doubleValue() >= most.doubleValue()) {
            clashes.add(clash(RESERVE, MAX_CONTEXT, "The answer's part has to be smaller than the whole context. Lower the one or raise the other."));
        }
        if (Boolean.TRUE.equals(state.value(PROMETHEUS)) && state.value(ENDPOINT) instanceof String endpoint
                && state.value(HTTP_PORT) instanceof Number port && endpoint.substring(endpoint.lastIndexOf(':') + 1).equals(port.toString())) {
            clashes.add(clash(ENDPOINT, HTTP_PORT, "Two listeners cannot have one port. Give one of them another."));
        }
        if (state.value(GLOBAL) instanceof String global && state.value(LOCAL) instanceof String local && folder(global).equals(folder(local))) {
            clashes.add(clash(LOCAL, GLOBAL, "Both would write to one folder. Give one of them another."));
        }
        if (state.value(EF_CONSTRUCTION) instanceof Number beam && state.value(M) instanceof Number links
                && beam.doubleValue() < links.doubleValue()) {
            clashes.add(clash(EF_CONSTRUCTION, M, "The beam that builds the index is at least as wide as a node has links. Raise it, or lower m."));
        }
        return clashes;
    }

    /** Those that were not there before. */
    List<Clash> clashesBeyond(Consistency before) {
        List<Clash> known = before.clashes();
        return clashes().stream().filter(clash -> known.stream().noneMatch(clash::sameKeys)).toList();
    }

    /** Sentences about combinations that work and are of little use, as far as one of the keys is among these. */
    List<String> warnings(Collection<String> keys) {
        List<String> warnings = new ArrayList<>();
        if (keys.contains(ENDPOINT) && state.value(ENDPOINT) instanceof String endpoint
                && (endpoint.startsWith("0.0.0.0:") || endpoint.startsWith("[::]:") || endpoint.startsWith(":"))) {
            warnings.add(ENDPOINT + " = " + endpoint + " can be read from other machines; 127.0.0.1 keeps it on this one.");
        }
        if ((keys.contains("zsei.mmap.preload_indices") || keys.contains("zsei.mmap.enabled"))
                && Boolean.TRUE.equals(state.value("zsei.mmap.preload_indices")) && Boolean.FALSE.equals(state.value("zsei.mmap.enabled"))) {
            warnings.add("zsei.mmap.preload_indices has nothing to preload while zsei.mmap.enabled = false.");
        }
        if ((keys.contains("pipeline.execution.pool_size") || keys.contains("pipeline.execution.max_concurrent_pipelines"))
                && state.value("pipeline.execution.pool_size") instanceof Long pool
                && state.value("pipeline.execution.max_concurrent_pipelines") instanceof Long most && pool > most
                && Boolean.TRUE.equals(state.value("pipeline.execution.environment_pooling"))) {
            warnings.add("pipeline.execution.pool_size = " + pool + " keeps more environments than pipelines can run at once ("
                + "pipeline.execution.max_concurrent_pipelines = " + most + ").");
        }
        return warnings;
    }

    private Clash clash(String one, String other, String rule) {
        return new Clash(one, other, said(one) + " contradicts " + said(other) + ". " + rule);
    }

    private String said(String key) {
        Item item = state.layers().effective().get(key);
        return key + " = " + Literals.toml(state.value(key)) + " (" + (item == null ? "the default"
            : item.fromEnvironment() ? "environment variable " + state.layers().environment().variable(key)
            : item.file() + ", line " + item.line()) + ")";
    }

    /** The clash as a problem of a file that takes part in it. */
    Problem problem(Clash clash, Path file, String remedy) {
        Source source = state.layers().sources().get(file);
        Entry entry = source == null ? null : source.entries().getOrDefault(clash.one(), source.entries().get(clash.other()));
        String key = entry != null && entry == source.entries().get(clash.other()) ? clash.other() : clash.one();
        int line = entry == null ? 0 : entry.line();
        return new Problem(file.toString(), line, entry == null ? 0 : entry.column(), key,
            file + (line > 0 ? ", line " + line + ", column " + entry.column() : "") + ": " + clash.message() + " " + remedy, true);
    }

    /** What two spellings of one folder have in common. */
    private static Object folder(String text) {
        String home = System.getProperty("user.home");
        Matcher variable = VARIABLE.matcher(text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text);
        String expanded = variable.replaceAll(found ->
            Matcher.quoteReplacement(System.getenv().getOrDefault(found.group(1), found.group())));
        try {
            return Path.of(expanded).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            return expanded;
        }
    }
}
